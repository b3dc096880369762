"""The work folder, which makes a render outlive what stops it."""

from dataclasses import dataclass

from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class WorkSettings(Settings):
    """What is kept on the disk while a film is made."""

    panel = "Work folder"

    resume: bool = setting(True, "Keep every frame on the disk, in OUTPUT.dreamvid, until the film is done: a render "
                           "that was stopped, by whatever, goes on from there when the same command is given.")
    restart: bool = setting(False, "Throw away what a stopped render left, and begin anew.", discards=True)
    keep_work: bool = setting(False, "Keep the work folder when the film is done.")
