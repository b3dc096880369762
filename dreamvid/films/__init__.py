"""Films: plans, frames and pictures, and rendering a plan to a file. Each kind of film has its own module.

TensorFlow is imported inside the functions that need it, after all cheap checks.
"""

from dreamvid.films.commands import clip, frames, loop, render, zoom
from dreamvid.films.compare import Compared, compare
from dreamvid.films.encode import Encoded, encode
from dreamvid.films.extend import extend
from dreamvid.films.listen import Sound, sound
from dreamvid.films.making import Rendered
from dreamvid.films.measure import Coherence, measure, measure_loop
from dreamvid.films.preview import Previewed, preview
from dreamvid.films.rerun import rerun
from dreamvid.films.resume import Status, resume, status, unfinished, verify
from dreamvid.stills.atlas import Atlas, atlas
from dreamvid.stills.image import Dreamed, image

__all__ = [
    "Atlas", "Coherence", "Compared", "Dreamed", "Encoded", "Previewed", "Rendered", "Sound", "Status",
    "atlas", "clip", "compare", "encode", "extend", "frames", "image", "loop", "measure", "measure_loop", "preview",
    "render", "rerun", "resume", "sound", "status", "unfinished", "verify", "zoom",
]
