"""Descriptions of what `--json` prints, for the help of each command."""

_FILM = "output, frames, width, height, fps, seconds (of rendering), frames_per_second (made), seed, network, weights"
_PICTURE = "output, width, height, seconds, seed, network, weights, scores (of every step)"

RECORDS = {
    **dict.fromkeys(("zoom", "loop", "resume", "extend"), _FILM),
    "render": f"{_FILM}; with --range output, first, stop, seconds",
    "clip": f"{_FILM}; with --preview output, frames, width, height, seconds",
    "rerun": f"{_FILM}; of pictures and atlases what image and layers print",
    "image": f"{_PICTURE}; a line for each picture",
    "layers": "output, labels (of the pictures), width, height, seconds, seed, network, weights",
    "compare": "output, labels (of the pictures), width, height, seconds",
    "encode": "output, frames, width, height, fps, seconds",
    "sound": "output, file, seconds, bpm, other_bpm, first_beat, beats",
    "measure": "output, frames, scenes (where each begins), warping_error, source_warping_error, ratio, activation, "
               "source_activation, largest_jump, sharpness, source_sharpness, clipped, flicker; with --loop frames, "
               "last, beside, median, largest (steps, from 0 to 1), steady, ghosts, usual_ghosts, ghost (a frame), "
               "closes; with --audio output, frames, fps, answers",
    "status": "folder, output, command, frames, total, dreams, ranges, bytes, most_bytes, running, finished; without "
              "FILM a list of them",
    "presets": "a list of name, about, settings",
    "networks": "a list of name, layers, megabytes, here; with NETWORK an object of its layers and their channels",
    "classes": "words, classes (each an object of names)",
    "doctor": "an object of what was found, by the names that are printed without --json",
    **dict.fromkeys(("plan zoom", "plan clip", "plan loop"),
                    "with --estimate frames, dreams, seconds, bytes, memory; else the plan"),
    **dict.fromkeys(("timeline zoom", "timeline clip", "timeline loop"), "output, seconds, moving (the settings)"),
}
"""Command → the keys of the object that it prints."""
