"""Which engine computes: what is asked for, or the best that is here."""

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from dreamvid.dream.engines import ENGINES, choose_engine, has_gpu
from dreamvid.dream.networks.catalogue import EMBEDDED
from dreamvid.errors import SettingError

ROOT = Path(__file__).parents[2]
OPENVINO = importlib.util.find_spec("openvino") is not None
needs_openvino = pytest.mark.skipif(not OPENVINO, reason="OpenVINO is not here")


@needs_openvino
@pytest.mark.skipif(has_gpu(), reason="TensorFlow computes on the GPU")
def test_openvino_computes_the_embedded_network_on_processors() -> None:
    assert choose_engine("auto", EMBEDDED).engine == "openvino"


@pytest.mark.parametrize("network", ["vgg16", "inception.pb"])
def test_tensorflow_computes_all_others(network: str) -> None:
    choice = choose_engine("auto", network)
    assert (choice.engine, choice.warning) == ("tensorflow", False)
    with pytest.raises(SettingError, match=f"tensorflow computes {network}"):
        choose_engine("openvino", network)


@pytest.mark.parametrize("network", [EMBEDDED, "vgg16"])
def test_tensorflow_computes_where_it_is_asked_for(network: str) -> None:
    assert choose_engine("tensorflow", network).engine == "tensorflow"


@pytest.mark.posix
def test_a_driver_and_its_packages_are_needed_for_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nvidia-smi").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "nvidia", raising=False)
    assert not has_gpu()
    (tmp_path / "nvidia").mkdir()
    importlib.invalidate_caches()
    assert has_gpu()
    assert choose_engine("auto", EMBEDDED).engine == "tensorflow"


def python(code: str, *words: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False,
                          cwd=folder, env={"PYTHONPATH": str(ROOT), "DREAMVID_CONFIG": "/dev/null", "PATH": ""})


RUN = """
import sys
from dreamvid.cli import app
{}
try:
    app(["image", *sys.argv[1:], "--size", "64", "--octaves", "1", "--steps", "1"], prog_name="dreamvid")
finally:
    print("tensorflow" in sys.modules)
"""
WITHOUT_OPENVINO = RUN.format("sys.modules['openvino'] = None")
SEED = str(ROOT / "samples" / "seed.jpg")


@needs_openvino
@pytest.mark.slow
def test_nothing_imports_tensorflow_where_it_is_not_needed(tmp_path: Path) -> None:
    done = python(RUN.format(""), SEED, "-o", "a.png", folder=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "False"), done.stderr


@pytest.mark.slow
def test_without_openvino_tensorflow_computes_which_is_said_once(tmp_path: Path) -> None:
    done = python(WITHOUT_OPENVINO, SEED, "-o", "a.png", folder=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "True"), done.stderr
    assert done.stderr.count("OpenVINO cannot be loaded") == 1


@pytest.mark.slow
@pytest.mark.parametrize(("engine", "title"), ENGINES.items())
def test_an_engine_that_is_missing_cannot_be_asked_for(engine: str, title: str, tmp_path: Path) -> None:
    missing = RUN.format(f"sys.modules['{engine}'] = None")
    done = python(missing, SEED, "-o", "a.png", "--engine", engine, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"dreamvid: --engine is '{engine}'; {title} cannot be loaded: ")
    assert not (tmp_path / "a.png").exists()


def test_openvino_and_another_network_is_a_bad_setting(tmp_path: Path) -> None:
    done = python(RUN.format(""), SEED, "-o", "a.png", "--engine", "openvino", "--network", "vgg16", folder=tmp_path)
    assert done.returncode == 2
    assert "tensorflow computes vgg16" in done.stderr
