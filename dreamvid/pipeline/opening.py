"""Opens the output of a film: straight into a sink, or by a work folder that an earlier run may have begun."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from dreamvid.errors import write_error
from dreamvid.events import Continued, Observe, Warn
from dreamvid.journal import Manifest, open_work, sync, work_folder
from dreamvid.pipeline.kept import Kept
from dreamvid.pipeline.machine import machine
from dreamvid.pipeline.output import Direct, Film, Finished, Output, explained
from dreamvid.pipeline.resumable import Resumable, extras, kept, peak
from dreamvid.video.folder import numbered
from dreamvid.video.segments import Segments, segments_for
from dreamvid.video.sink import STDOUT, Sink, open_sink, target_of
from dreamvid.video.target import is_folder


@contextmanager
def open_output(film: Film, observe: Observe, warn: Warn) -> Iterator[Output]:
    """Opens the output of a film, and completes it at the normal end.

    Args:
        film: what is rendered, and where it goes.
        observe: told if an earlier run is continued.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        Cancelled: as it was raised within, with words that say what is kept.
        ResumeError: an earlier run cannot be continued; see `open_work`.
        DreamvidError: the film cannot be written.
    """
    if film.target == STDOUT or not film.work.resume:
        with (
            _open_sink(film, warn) as sink, explained(sink, film.target, film.frames),
            Kept() if film.looks_back else nullcontext() as frames,
        ):
            yield Direct(sink, frames)
        return
    segments = segments_for(film.target, film.size, film.fps, film.encoder, frames=film.frames, tracks=film.tracks,
                            recipe=film.recipe, warn=warn)
    folder = work_folder(target_of(film.target))
    _make_folder(folder.parent)
    with open_work(folder, _manifest(film, segments), restart=film.work.restart) as work:
        if work.finished and all(map(work.made, _results(film, segments, work.frames))):
            observe(Continued(work.frames, film.frames))
            yield Finished(work.frames)
            work.done = True
            return
        work.check()
        with closing(Resumable(work, film, segments)) as output, kept(film, output, folder):
            output.catch_up()
            if output.first:
                observe(Continued(output.first, film.frames))
            yield output
            output.finish()
        if not film.work.keep_work:
            work.finish()


def _results(film: Film, segments: Segments, frames: int) -> list[Path]:
    """All files that a film of so many frames is."""
    target = target_of(film.target)
    return [*([numbered(target, n + 1) for n in range(frames)] if segments.whole else [target]), *extras(film)]


def _make_folder(folder: Path) -> None:
    """Makes the folder of a film's pictures, if there is none, so that a power cut does not take it away with them."""
    if is_folder(folder):
        return
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    sync(folder.parent)


def _open_sink(film: Film, warn: Warn) -> Sink:
    return open_sink(film.target, film.size, film.fps, film.encoder, overwrite=film.overwrite, frames=film.frames,
                     tracks=film.tracks, recipe=film.recipe, warn=warn)


def _manifest(film: Film, segments: Segments) -> Manifest:
    made = {"size": str(film.size), "fps": str(film.fps), "frames": film.frames, "stretch": segments.length,
            "encoding": segments.encoding,
            "poster": film.encoder.poster is not None, "sheet": film.encoder.sheet is not None}
    place = {**film.place, "peak": peak(film, segments.length)}
    return Manifest({**film.decides, "machine": machine(), "film": made}, place)
