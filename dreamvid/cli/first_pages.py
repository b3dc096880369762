"""The short `--help` page of commands whose options do not fit on a screen."""

from typing import NamedTuple


class FirstPage(NamedTuple):
    """The most important options: examples, and option name → short description."""

    examples: tuple[str, ...]
    options: dict[str, str]


COMMANDS = {
    "Make": {
        "zoom": "a film that dives into a picture",
        "clip": "a film of yours, dreamed, with its sound",
        "loop": "a film whose end is its beginning",
        "image": "dreamed pictures",
    },
    "Choose what it looks like": {
        "presets": "ready-made looks, and yours",
        "layers, classes": "what each layer grows; the things to dream of",
        "networks": "the networks, and their layers",
        "compare": "a sheet of one picture over the values of a setting",
        "timeline, sound": "what moves in a film; what is heard in a sound",
    },
    "Work with results": {
        "extend": "make a finished zoom longer",
        "encode": "write a film in another format",
        "measure": "how coherent a film is, or whether a loop closes",
        "show, rerun": "the recipe that a result carries; make it again",
    },
    "Long renders": {
        "plan, render": "a film as data; make the film of it",
        "status, resume": "the renders that were stopped; continue one",
        "verify": "check the files of a stopped render",
        "studio, jobs": "a page in the browser, and its queue of films",
        "farm": "a scheduler and workers, for films on many machines",
    },
    "This machine": {
        "doctor": "is everything here that dreamvid needs?",
        "config": "the settings in force, and where they come from",
        "help": "explain a command: dreamvid help zoom",
    },
}
"""Heading → command names → short description: the list that `dreamvid` prints without arguments."""

_DREAM = {
    "layers": "what grows: block4 strokes, block10 eyes and animals",
    "class_name": "dream of a thing: tiger, flower:0.7,butterfly:0.3",
    "guide": "dream of what this picture shows",
    "preset": "a look: petals, strokes, …; `dreamvid presets`",
    "quality": "draft, standard or fine; default: standard",
    "octaves": "sizes at which it is dreamed; more: larger things",
    "steps": "steps at each size; more: a stronger dream",
}
_FILM = "a film, an animation, frames/, or - for a pipe"
_ENDS = {
    "overwrite": "replace what is there",
    "quiet": "print only warnings and errors",
}
_SEED = {"seed": "another number makes another dream; default: 0"}

FIRST_PAGES = {
    "zoom": FirstPage(
        ("dreamvid zoom cat.jpg", "dreamvid zoom cat.jpg --seconds 20 --preset petals -o film.mp4"),
        {
            "output": _FILM, "preview": "only a storyboard of ten frames: quick",
            "seconds": "length: 20, 1m20s; default: 10 seconds",
            "fps": "frames per second; default: 30", "size": "longer side in pixels; default: 640",
            "zoom": "magnification per second; under 1: outward; default: 1.8",
            "rotate": "degrees per second, clockwise; default: 0",
            "center": "where it dives to: 0.3,0.6, or auto",
            "bounce": "go back the same way, so that it loops",
            **_DREAM, **_SEED, **_ENDS,
        }),
    "clip": FirstPage(
        ("dreamvid clip holiday.mp4", "dreamvid clip holiday.mp4 --start 0:10 --end 0:20 --preset petals -o dream.mp4"),
        {
            "output": _FILM, "preview": "only a storyboard of ten frames: quick",
            "start": "where to begin: 90, 1:30, 1m30s, 40%", "end": "where to end", "size": "longer side in pixels",
            "strength": "how much of the dream is shown, 0 to 1; default: 1",
            "mask": "dream only where this picture is white",
            "compare": "side or wipe: show the source too", **_DREAM, **_SEED, **_ENDS,
        }),
    "loop": FirstPage(
        ("dreamvid loop cat.jpg -o dive.webp", "dreamvid loop cat.jpg --kind pulse --seconds 4 -o pulse.mp4"),
        {
            "output": _FILM, "preview": "only a storyboard of ten frames: quick",
            "kind": "dive, pulse, sway, drift, bounce; of a clip: crossfade",
            "seconds": "length of a picture's loop; default: 6", "size": "longer side in pixels",
            "keys": "of a dive: how many pictures deep; default: 5",
            "turns": "of a dive: whole turns of the camera; default: 0",
            "crossfade": "of a clip: how far from its ends it may close", **_DREAM, **_SEED, **_ENDS,
        }),
    "image": FirstPage(
        ("dreamvid image cat.jpg", "dreamvid image cat.jpg --preset petals -o petals.jpg",
         "dreamvid image photos/ -o dreams/"),
        {
            "output": "a .png, .jpg, .webp, .avif or .tif; a folder for several",
            "size": "make larger pictures this small, in pixels",
            "noise": "begin with noise of this size: 300x300", **_DREAM,
            "colour": "0: bright and noisy, 1: the picture's own colours",
            "spectrum": "0: fine lines, 1: whole things", **_SEED, "steps_sheet": "also a sheet of the way there",
            **_ENDS, "verbose": "print scores and the libraries' messages",
        }),
}
"""Command → its first page."""
