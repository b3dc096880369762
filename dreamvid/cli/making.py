"""The commands that make something: films, pictures, measures."""

import re
from pathlib import Path
from typing import Annotated

import typer

import dreamvid
from dreamvid.cli.farm import jobs_on, made_on, with_farm
from dreamvid.cli.options import (
    Clip,
    File,
    Output,
    Overwrite,
    Picture,
    Source,
    Stopped,
    pairs,
    setting_pairs,
    warn_of_unknown_variables,
    with_settings,
)
from dreamvid.cli.work import Run, carry_out, make, show, with_run
from dreamvid.errors import SettingError
from dreamvid.events import Caller, Observe, Warn
from dreamvid.farm.address import Farm
from dreamvid.settings import (
    AtlasSettings,
    ClipSettings,
    EncodeSettings,
    ImageSettings,
    LoopSettings,
    ZoomSettings,
)

Preview = Annotated[bool, typer.Option(
    "--preview", help="Only make a storyboard of ten frames, a picture: NAME-preview.png, or -o.")]
Frames = Annotated[Path, typer.Argument(metavar="FRAMES|FILM", show_default=False)]
To = Annotated[str, typer.Option("--output", "-o", metavar="PATH", show_default=False, help="What is written.")]
Pictures = Annotated[list[str] | None, typer.Argument(metavar="PICTURE", show_default=False)]
StepsSheet = Annotated[str | None, typer.Option(
    metavar="PATH", help="Also write a contact sheet of the dream's steps.", show_default=False)]
Start = Annotated[Path | None, typer.Argument(metavar="PICTURE", show_default=False)]
Again = Annotated[Path | None, typer.Option(
    "--input", metavar="PATH", show_default=False,
    help="The picture or clip. By default it is looked for by name in the current folder and beside FILE.")]
Changes = Annotated[list[str] | None, typer.Option(
    "--set", metavar="KEY=VALUE", show_default=False,
    help="Change a setting, such as frames=600 or quality=fine; layers= unsets one. May be given several times.")]
Finished = Annotated[Path, typer.Argument(metavar="FILM", show_default=False)]
MoreSeconds = Annotated[str, typer.Option("--seconds", metavar="TIME", show_default=False,
                                          help="How much longer: 10, 1:30, 1m30s.")]
MoreFrames = Annotated[int, typer.Option("--frames", metavar="NUMBER", show_default=False,
                                         help="The same in frames, in place of --seconds.")]

What = Annotated[str, typer.Argument(metavar="image|zoom|clip", show_default=False)]
Seed = Annotated[Path, typer.Argument(metavar="SEED", show_default=False)]
Over = Annotated[list[str], typer.Option(
    metavar="KEY=VALUE,VALUE", show_default=False,
    help="A setting and its values, such as colour=0,0.5,1; with semicolons where a value holds commas. Once or twice. "
    "preset=all is every look.")]
Given = Annotated[list[str] | None, typer.Option(
    "--set", metavar="KEY=VALUE", show_default=False, help="Another setting, such as size=400 or preset=strokes.")]


@with_settings
@with_farm
@with_run
def zoom(picture: Picture, settings: ZoomSettings, *, output: Output = None, preview: Preview = False,
         overwrite: Overwrite = False, run: Run, farm: Farm | None) -> None:
    """Dives into a picture: an endless DeepDream zoom.

    Without -o the film is PICTURE-zoom.mp4 in the current folder. -o takes a film (.mp4, .mov, .mkv, .webm), an
    animation (.gif, .webp, .avif, .png), a folder (frames/), numbered pictures (frames/%06d.png), or - for a film down
    a pipe.
    """
    make(run, made_on("zoom", farm, preview=preview), picture, output, settings, overwrite=overwrite)


@with_settings
@with_farm
@with_run
def clip(source_path: Clip, settings: ClipSettings, *, output: Output = None, preview: Preview = False,
         overwrite: Overwrite = False, run: Run, farm: Farm | None) -> None:
    """Dreams a clip, in step with its sound: a film, a GIF, a folder of pictures, or numbered ones (shot_%04d.png).

    Without -o the film is CLIP-dream.mp4 in the current folder. -o takes a film (.mp4, .mov, .mkv), a folder
    (frames/) or numbered pictures (frames/%06d.png).
    """
    make(run, made_on("clip", farm, preview=preview), source_path, output, settings, overwrite=overwrite)


@with_settings
@with_farm
@with_run
def loop(source_path: Source, settings: LoopSettings, *, output: Output = None, preview: Preview = False,
         overwrite: Overwrite = False, run: Run, farm: Farm | None) -> None:
    """Makes a loop that closes without a seam, of a picture or of a clip.

    Of a picture it is an endless dive, a pulse, a sway, a drift or a bounce; of a clip, one whose end dissolves into
    its beginning, or a bounce.

    A clip is dreamed as by `dreamvid clip`; with --steps 0 it is closed as it is, such as one that is dreamed already.
    Without -o the film is NAME-loop.mp4 in the current folder. -o takes an animation (.gif, .webp, .avif, .png) or
    whatever `dreamvid zoom` takes.
    """
    make(run, made_on("loop", farm, preview=preview), source_path, output, settings, overwrite=overwrite)


@with_settings
@with_farm
@with_run
def image(settings: ImageSettings, pictures: Pictures = None, *, output: Output = None,
          steps_sheet: StepsSheet = None, overwrite: Overwrite = False, run: Run, farm: Farm | None) -> None:
    """Dreams pictures: files, folders or patterns; or noise, with --noise.

    Without -o the result is PICTURE-dream.png in the current folder. -o takes .png, .jpg, .webp, .avif or .tif, or for
    several pictures a folder (dreams/).
    """
    def work(observe: Observe, warn: Warn) -> None:
        from dreamvid.stills.image import dream_pictures

        dream_jobs = jobs_on(farm) if farm else None
        for made in dream_pictures(pictures or (), output, settings, Caller(observe, warn, overwrite), steps_sheet,
                                   dream_jobs=dream_jobs):
            show(made, run)

    if farm and steps_sheet:
        raise SettingError("", None, "{steps_sheet} is for one picture, which one machine makes; leave out {farm}")

    carry_out(work, run)


@with_settings
@with_farm
@with_run
def layers(settings: AtlasSettings, picture: Start = None, *, output: Output = None, overwrite: Overwrite = False,
           run: Run, farm: Farm | None) -> None:
    """Makes an atlas: one picture, or noise, dreamed by each layer of a network, or by each channel of one layer.

    The label under each picture is the option that dreams so.
    """
    make(run, made_on("layers", farm), picture, output, settings, overwrite=overwrite)


@with_settings
@with_run
def encode(source_path: Frames, settings: EncodeSettings, *, output: To, overwrite: Overwrite = False,
           run: Run) -> None:
    """Writes a film, or pictures, in another format, without dreaming again.

    FRAMES|FILM is a film, an animation, a folder of pictures (30 a second, unless --fps says otherwise), or numbered
    ones (frames/%06d.png). -o takes whatever `dreamvid zoom` takes. From a lossless film (FFV1, PNG) every format is
    as good as if it had been dreamed into it.
    """
    make(run, dreamvid.encode, source_path, output, settings, overwrite=overwrite)


@with_run
def rerun(file: File, *, source: Again = None, output: Output = None, changes: Changes = None,
          overwrite: Overwrite = False, run: Run) -> None:
    """Makes a result again from the recipe that it carries: with the same versions and machine, the same frames.

    FILE is a film or picture made by dreamvid, or a recipe that `dreamvid show` wrote, which ends in .toml. Without -o
    the result is NAME-rerun in the current folder, in the format of FILE.
    """
    wanted = setting_pairs("--set", changes, "frames=600")
    make(run, dreamvid.rerun, file, output, source=source, overwrite=overwrite, **wanted)


@with_farm
@with_run
def compare(what: What, seed: Seed, over: Over, *, given: Given = None, output: Output = None,
            overwrite: Overwrite = False, run: Run, farm: Farm | None) -> None:
    """Makes one picture, zoom or clip with several values of one or two settings, and shows them side by side.

    Pictures are 320 pixels large, and films have 30 frames, unless --set size or frames says otherwise. -o sheet.png
    shows the last frame of each film, and -o film.mp4 film beside film. Without -o it is SEED-compare.png in the
    current folder.
    """
    values = {key: [value.strip() for value in re.split(";" if ";" in text else ",", text)]
              for key, text in pairs("--over", over, "colour=0,0.5,1").items()}
    others = setting_pairs("--set", given, "size=400")
    warn_of_unknown_variables()
    make(run, made_on("compare", farm), what, seed, values, output, overwrite=overwrite, **others)


@with_run
def resume(film: Stopped, *, run: Run) -> None:
    """Continues a render that was stopped. Repeating the command that began it does the same."""
    make(run, dreamvid.resume, film)


@with_run
def extend(film: Finished, *, seconds: MoreSeconds = "0", frames: MoreFrames = 0, run: Run) -> None:
    """Makes a finished zoom longer, exactly as if it had been asked for at first.

    The zoom must have been made with --extendable, which keeps one dream of it beside the film. The longer film takes
    the film's place when it is done. Up to 96 of its last frames are rendered again.
    """
    make(run, dreamvid.extend, film, seconds=seconds, frames=frames)
