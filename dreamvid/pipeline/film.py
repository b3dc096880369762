"""What all films share: the checks before, what they depend on, and the record of what was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreamvid.arrays import Size
from dreamvid.events import Warn
from dreamvid.journal import is_begun, work_folder
from dreamvid.pipeline.output import Film, Output
from dreamvid.pipeline.recipe import carried, recipe_for
from dreamvid.recipe import Recipe, file_keys
from dreamvid.settings import (
    ClipSettings,
    EncoderSettings,
    FilmSettings,
    LoopSettings,
    Settings,
    WorkSettings,
    ZoomSettings,
    to_table,
)
from dreamvid.video.sink import STDOUT, check_output, kept_rate, target_of
from dreamvid.video.tracks import Tracks

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network


FilmedSettings = ZoomSettings | ClipSettings | LoopSettings


@dataclass(frozen=True)
class Rendered:
    """What was made.

    `seconds` is the wall time of the frames, without loading; `fps` is the film's rate; `weights` is the SHA-256 of the
    network's weights.
    """

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float
    frames_per_second: float
    seed: int
    network: str
    weights: str


def rendered(film: Film, output: Output, *, seconds: float, seed: int, network: "Network | None") -> Rendered:
    """The record of a film that is finished."""
    return Rendered(
        output=film.target, frames=output.written, width=film.size.width, height=film.size.height, fps=float(film.fps),
        seconds=round(seconds, 3), frames_per_second=round((output.written - output.first) / seconds, 2), seed=seed,
        network=network.name if network else "none", weights=network.digest if network else "",
    )


def settled(target: str, film: FilmSettings, work: WorkSettings, *, overwrite: bool, inputs: Sequence[Path],
            warn: Warn) -> FilmSettings:
    """The film's settings with a rate that the output keeps exactly, which is said if it is another.

    Raises:
        DreamvidError: the output could not be written; see `check_film`.
    """
    check_film(target, film, work, overwrite=overwrite, inputs=inputs)
    return film.but(fps=exact(target, film.fps, warn))


def check_film(target: str, film: EncoderSettings, work: WorkSettings, *, overwrite: bool,
               inputs: Sequence[Path]) -> None:
    """`check_output`, before any heavy work. What a stopped render left in the output's place does not count.

    Whether it was this render that left it is found out when the work folder is opened.
    """
    check_output(target, film, overwrite=overwrite or _goes_on(target, work), inputs=inputs)


def _goes_on(target: str, work: WorkSettings) -> bool:
    return target != STDOUT and work.resume and not work.restart and is_begun(work_folder(target_of(target)))


def exact(target: str, fps: Fraction, warn: Warn) -> Fraction:
    """The nearest rate that the output keeps exactly, which is said if it is another."""
    kept = kept_rate(target, fps)
    if kept != fps:
        warn(f"a GIF cannot keep {float(fps):g} frames a second; it has {float(kept):g}")
    return kept


def planned(
    command: str, settings: FilmedSettings, inputs: Mapping[str, Path], network: "Network | None", *, target: str,
    size: Size, fps: Fraction, frames: int, overwrite: bool, warn: Warn, looks_back: int = 0,
    tracks: Tracks | None = None,
) -> Film:
    """The film of a command, with its recipe, and with what its frames depend on.

    Args:
        command: a name in `settings.COMMANDS`.
        inputs: the picture or clip, by its role.
        network: the network, loaded; None if nothing is dreamed.
        target, size, fps, frames, overwrite, looks_back, tracks: see `Film`.
        warn: is told if the recipe is too long to be carried.

    Raises:
        InputError: an input cannot be read any more.
    """
    recipe = recipe_for(command, settings, inputs, network)
    (source,) = inputs.values()
    return Film(
        target=target, size=size, fps=fps, encoder=settings.film, frames=frames, looks_back=looks_back,
        overwrite=overwrite, work=settings.work, tracks=tracks, recipe=carried(recipe, settings, warn),
        decides=_decided(recipe), place=_placed(settings, source, overwrite=overwrite),
    )


def _decided(recipe: Recipe) -> dict[str, Any]:
    """What the frames of a render depend on; see `Manifest`."""
    return {
        "command": recipe.command, "settings": dict(recipe.settings), "network": recipe.network,
        "weights": recipe.weights, "inputs": {role: found.sha256 for role, found in recipe.inputs.items()},
    }


def _placed(settings: Settings, source: Path, *, overwrite: bool) -> dict[str, Any]:
    """What `dreamvid resume` needs to call a render again; files by their whole paths."""
    table = to_table(settings)
    files = {key: str(Path(str(table[key])).absolute()) for key in file_keys(settings)}
    written = {key: str(Path(str(table[key])).absolute()) for key in ("poster", "sheet") if key in table}
    given = {**table, **files, **written, "restart": False}
    return {"source": str(source.absolute()), "settings": given, "overwrite": overwrite}
