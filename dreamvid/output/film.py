"""The writer of a film: takes the pictures of its ranges, keeps them in a store, and joins them to the film."""

import os
import shutil
from pathlib import Path

from dreamvid.arrays import Image, from_uint8
from dreamvid.errors import OutputError, ResourceError, ResumeError, named, write_error
from dreamvid.events import Continued, Observe, ignore
from dreamvid.output import disk
from dreamvid.output.names import STDOUT, extras, target_of
from dreamvid.output.progress import (
    frames_in_progress,
    frames_of,
    peak,
    range_ending_at,
    range_name,
    range_with,
    ranges_in,
)
from dreamvid.output.range_writer import RangeWriter, kept_picture
from dreamvid.output.segments import Destination, Segment, SoundError, format_of
from dreamvid.output.sheet import extra_frames, made_extras
from dreamvid.output.still import write_still
from dreamvid.output.store import FINISHED, PROGRESS, Store
from dreamvid.output.target import appeared, exists_error, part_of


class FilmWriter:
    """Writes a film.

    Call `begin` for a range, `write` for each of its pictures, and `commit`; after the last range, `finish`. Committed
    ranges survive a crash; a range in progress loses at most the last second.

    Args:
        destination: where the film goes.
        store: where ranges are kept.
        observe: receives `Continued` if an earlier run has made pictures.

    Attributes:
        written: number of pictures written, including those of earlier runs.
        earlier: number of pictures that earlier runs wrote.
        store: the given store.
    """

    def __init__(self, destination: Destination, store: Store, observe: Observe = ignore) -> None:
        self._destination, self.store = destination, store
        self._format = format_of(destination)
        self._target = Path(STDOUT) if destination.output == STDOUT else target_of(destination.output)
        again = frozenset(range(destination.shown_again))
        self._wanted = again | extra_frames(destination.encoder, destination.frames)
        self._range: RangeWriter | None = None
        self._committing: RangeWriter | None = None
        self._observe, self._announced = observe, False
        self.written = frames_of(store)
        self.earlier = self.written + frames_in_progress(store)
        self._refuse_existing()

    def _refuse_existing(self) -> None:
        """Refuses to start if a result exists that this render did not write."""
        if not self._destination.overwrite and self._destination.output != STDOUT:
            for path in [*extras(self._destination.encoder), *([] if self._format.results else [self._target])]:
                if os.path.lexists(path) and not self._is_ours(path):
                    raise exists_error(path)

    def has_work(self) -> bool:
        """Whether there is anything to resume from: a picture, or a dream of a loop."""
        return self.written > 0 or bool(self.store.names("dream-"))

    def begin(self, first: int, stop: int) -> bool:
        """Begins or continues the range of pictures from `first` to `stop` (exclusive).

        Returns:
            False if it is already committed.

        Raises:
            ResourceError: the disk is too full for it.
        """
        # The first range of an extended film covers many.
        if range_with(self.store, lambda begin, end: begin <= first and stop <= end):
            return False
        self._check_space(first, stop)
        self._range = RangeWriter(self.store, range_name(first, stop), destination=self._destination, form=self._format,
                                  span=(first, stop), wanted=[n for n in range(first, stop) if n in self._wanted])
        self.written += self._range.frames
        self._announce()
        return True

    def _announce(self) -> None:
        """Reports once how many pictures earlier runs have made."""
        if self.earlier and not self._announced:
            self._observe(Continued(self.earlier, self._destination.frames))
        self._announced = True

    def _check_space(self, first: int, stop: int) -> None:
        needed = peak(self._destination.size, stop - first)
        used = (self.store.folder / PROGRESS).glob(f"{range_name(first, stop)}.*")
        free = shutil.disk_usage(self.store.folder).free + sum(path.stat().st_size for path in used)
        if self.store.durable and free < needed:
            raise ResourceError(f"the disk has {free / 1e6:.0f} MB left, and {self.store.folder} needs up to "
                                f"{needed / 1e6:.0f} MB besides the film")

    @property
    def next(self) -> int:
        """The number of the next picture in the range in progress."""
        assert self._range is not None
        return self._range.first + self._range.frames

    @property
    def carry(self) -> Image | None:
        """The dream stored with the picture before `next`, or None."""
        assert self._range is not None
        if self._range.frames:
            return self._range.carry
        if self._committing is not None and self._committing.stop == self._range.first:
            return self._committing.carry
        found = range_ending_at(self.store, self._range.first)
        return self.store.array(found["carry"]) if found and found["carry"] else None

    def write(self, image: Image, carry: Image | None = None) -> None:
        """Takes the next picture, as floats, and the dream to store with it. Neither may be changed afterwards.

        Raises:
            FFmpegError, OutputError, ResourceError: this picture, or one before it, could not be written.
        """
        assert self._range is not None
        self._range.write(image, carry)
        self.written += 1

    def commit(self) -> None:
        """Completes the range in progress in the background, so that the next one can begin."""
        assert self._range is not None
        self.wait()
        self._committing, self._range = self._range, None
        if self._committing.frames:
            self._committing.commit()

    def wait(self) -> None:
        """Waits until the range that is being committed is on the disk."""
        if self._committing is not None:
            self._committing.wait()
            self._committing.close()
            self._committing = None

    def shown(self, n: int) -> Image:
        """Picture n as written, rounded to 8 bits. Only pictures that the destination wants again are kept.

        Raises:
            ResumeError: it was not kept.
        """
        if self._range is not None and self._range.first <= n:
            return from_uint8(self._range.kept(n))
        self.wait()
        found = range_with(self.store, lambda first, stop: first <= n < stop)
        if found and n in found["numbers"]:
            path = self.store.path(found["kept"])
            return from_uint8(kept_picture(path, self._destination.size, found["numbers"].index(n)))
        raise ResumeError(f"{self.store.folder} lacks frame {n + 1}, which is shown again; render the ranges before it")

    def finish(self) -> None:
        """Joins the ranges and gives the film its name.

        Raises:
            ResumeError: a range is missing.
            FFmpegError, OutputError, ResourceError: joining failed, or there is no frame. The ranges are kept.
        """
        self.wait()
        self.written = frames_of(self.store)
        if not self.written:
            raise OutputError(f"{self._destination.output} is not written: there is no frame")
        self._announce()
        segments = self._segments()
        if sum(frames for _, frames in segments) != self.written:
            raise ResumeError(f"{self.store.folder} holds ranges that are not those of the film; "
                              f"{named('restart')} starts over")
        if self._format.join and not self._is_ours(self._target, self.written):
            self._join(segments, self.written)
        film, last = self._destination, self.written - 1
        for path, picture in made_extras(film.encoder, film.frames, film.fps, lambda n: self._near(min(n, last))):
            self._write_extra(path, picture)
        self.store.put(FINISHED, {str(path): disk.digest_of(path) for path in self._results()})
        self.store.collect()

    def _near(self, n: int) -> Image:
        """The kept picture n, or the last kept one before it if the film is shorter than planned."""
        kept = [number for _, found in ranges_in(self.store) for number in found["numbers"]]
        return self.shown(max((number for number in kept if number <= n), default=n))

    def _segments(self) -> list[Segment]:
        """The committed segments from the beginning up to the first gap."""
        segments: list[Segment] = []
        edge = 0
        for (first, stop), found in ranges_in(self.store):
            if first != edge:
                break
            segments.append((self.store.path(found["segment"]), found["frames"]))
            edge = stop
        return segments

    def _results(self) -> list[Path]:
        pictures = self._format.results
        films = [self._target] if pictures is None else [pictures(n) for n in range(self.written)]
        return [path.absolute() for path in (*films, *extras(self._destination.encoder)) if path != Path(STDOUT)]

    def stop(self) -> bool:
        """Makes a film of the pictures so far; returns whether there were any.

        Committed ranges and the range in progress stay in the store.
        """
        self.wait()
        self.written = max(self.written, frames_of(self.store))  # other processes may have made some
        if self._format.join is None:
            if self._range is not None:
                self._range.finish()
            return self.written > 0
        segments = self._segments()
        frames = sum(count for _, count in segments)
        if self._range is not None and self._range.frames and self._range.first == frames:
            self._range.finish()
            segments.append((self._range.path, self._range.frames))
            frames += self._range.frames
        if frames:
            self._join(segments, frames)
        return frames > 0

    def _join(self, segments: list[Segment], frames: int) -> None:
        assert self._format.join is not None
        path = self.store.new_path(self._target.suffix.lower())
        try:
            with disk.writing(path):
                self._format.join(segments, path)
        except SoundError as error:
            self._publish(path, self._target, 0)
            raise SoundError(f"{self._target} is written, but without its sound: {error}") from error
        self._publish(path, self._target, frames)

    def _write_extra(self, target: Path, picture: Image) -> None:
        path = self.store.new_path(target.suffix.lower())
        write_still(path, picture, overwrite=True)
        if not (self._is_ours(target) and disk.digest_of(target) == disk.digest_of(path)):
            self._publish(path, target, self.written)

    def _is_ours(self, path: Path, frames: int | None = None) -> bool:
        """Whether this render wrote the file at `path`; if `frames` is given, also whether it had so many frames."""
        digest = disk.digest_of(path)
        found = self.store.get(f"result-{digest}") if digest else None
        return found is not None and frames in (None, found["frames"])

    def _publish(self, path: Path, target: Path, frames: int) -> None:
        """Moves a result to its final name. Without `overwrite`, only this render's own earlier result is replaced."""
        overwrite = self._destination.overwrite or self._is_ours(target)
        disk.flush_path(path)
        self.store.put(f"result-{disk.digest_of(path)}", {"frames": frames})
        try:
            if path.stat().st_dev == target.parent.stat().st_dev:
                disk.take_name(path, target, overwrite=overwrite)
            else:
                with part_of(target, overwrite=overwrite) as part:
                    shutil.copyfile(path, part)
        except FileExistsError as error:
            raise appeared(target, self._saved(path, target)) from error
        except OSError as error:
            raise write_error(target, error) from error
        disk.flush_path(target.parent)

    def _saved(self, path: Path, target: Path) -> Path:
        """Where a result is kept if its name is taken. It is moved out of a temporary store, which will be deleted."""
        return path if self.store.durable else path.replace(target.with_name(f".{path.name}"))

    def close(self) -> None:
        """Stops work on ranges in progress, which stay in the store. May be called more than once."""
        for each in (self._committing, self._range):
            if each is not None:
                each.close()
        self._committing = self._range = None
