"""Imports point down only, packages side by side do not know each other, and nothing heavy loads early."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parent.parent / "dreamvid"

GROUND = {"arrays", "calls", "downloads", "errors", "events", "filters", "frame", "recipe", "settings"}
MIDDLE = {"render", "media", "motion", "dream", "timeline"}
STAGES = {"output", *MIDDLE}
MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    **dict.fromkeys(MIDDLE, GROUND),
    "output": {"media"} | GROUND,
    "stills": STAGES | GROUND,
    "films": {"stills"} | STAGES | GROUND,
    "known": {"films", "stills"} | STAGES | GROUND,
    "doctor": {"films", "stills"} | STAGES | GROUND,
    "studio": {"known", "films", "stills"} | STAGES | GROUND,
    "farm": {"films", "stills"} | STAGES | GROUND,
    "cli": {"doctor", "farm", "studio", "films", "known", "stills"} | STAGES | GROUND,
    "__main__": {"cli"},
    "__init__": {"films", "errors", "known", "settings"},  # for type checkers; names load when they are used
}
"""Package → the other packages that it may import. A new one at the top level takes its place here."""

HOMES = {
    "tensorflow": ("dream/engines/tensorflow/",),
    "keras": ("dream/engines/tensorflow/",),
    "openvino": ("dream/engines/openvino/",),
    "cv2": ("motion/", "dream/natural.py", "filters.py", "media/still.py", "media/colour.py", "output/still.py"),
    "subprocess": ("media/", "output/", "studio/"),
    "fsspec": ("output/shared.py",),
    "tifffile": ("output/still.py",),
    "distributed": ("farm/",),
    "dask_jobqueue": ("farm/",),
}
"""Package → the only places that may import it, wherever in their code."""


class Import(NamedTuple):
    """One import of one module, in one file of the package."""

    path: str
    line: int
    module: str

    @property
    def package(self) -> str:
        return Path(self.path).parts[0].removesuffix(".py")

    def __str__(self) -> str:
        return f"{self.path}:{self.line} imports {self.module}"


def modules_of(node: ast.AST, path: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = ("dreamvid", *path.parts[:-1])
        base = ".".join([*parents[: len(parents) - node.level + 1], node.module or ""]) if node.level else node.module
        base = (base or "").rstrip(".")
        # From the package itself one imports its modules, or names of its own.
        yield from (f"{base}.{alias.name}" for alias in node.names) if base == "dreamvid" else (base,)


def imports() -> list[Import]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        tree = ast.parse(path.read_text("utf-8"))
        found += [Import(inside.as_posix(), node.lineno, module)
                  for node in ast.walk(tree) for module in modules_of(node, inside)]
    return found


IMPORTS = imports()


def test_every_room_has_its_place() -> None:
    packages = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()
             if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert packages <= MAY_IMPORT.keys(), "give the new package its place in MAY_IMPORT, and in dreamvid/README.md"


def test_imports_point_down_only() -> None:
    wrong = []
    for found in IMPORTS:
        top, _, inner = found.module.partition(".")
        package = inner.partition(".")[0]
        own_name = package.startswith("__version") or not package
        if top == "dreamvid" and not own_name and package not in {found.package, *MAY_IMPORT.get(found.package, ())}:
            wrong.append(str(found))
    assert wrong == []


def test_the_ground_has_no_circle() -> None:
    needs = {package: {found.module.split(".")[1] for found in IMPORTS
                       if found.package == package and found.module.startswith("dreamvid.")} - {package}
             for package in GROUND}
    while needs:
        free = {package for package, needed in needs.items() if not needed & needs.keys()}
        assert free, f"these import each other: {sorted(needs)}"
        needs = {package: needed for package, needed in needs.items() if package not in free}


@pytest.mark.parametrize("package", HOMES)
def test_every_heavy_package_has_its_home(package: str) -> None:
    wrong = [str(found) for found in IMPORTS
             if found.module.split(".")[0] == package and not found.path.startswith(HOMES[package])]
    assert wrong == []


def test_the_test_itself_sees_imports() -> None:
    seen = {(found.path, found.module) for found in IMPORTS}
    assert ("dream/engines/tensorflow/gradient.py", "tensorflow") in seen
    assert ("dream/dreamer.py", "dreamvid.dream.tiles") in seen
    assert ("filters.py", "cv2") in seen


@pytest.mark.parametrize("statement", [
    "import dreamvid", "import dreamvid.settings", "import dreamvid.errors", "import dreamvid.events",
    "import dreamvid.cli", "from dreamvid import ZoomSettings",
])
def test_light_modules_load_nothing_heavy(statement: str) -> None:
    code = f"import sys; {statement}; print(*{{'tensorflow', 'keras', 'cv2', 'numpy', 'PIL'}} & sys.modules.keys())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                            cwd=PACKAGE.parent)
    assert result.stdout.strip() == ""


def test_films_load_no_tensorflow() -> None:
    code = "import sys, dreamvid.films; print('tensorflow' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                            cwd=PACKAGE.parent)
    assert result.stdout.strip() == "False"


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    """Pytest imports them by it, so that two of one name cannot be collected together."""
    found = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert not {name for name, count in found.items() if count > 1}
