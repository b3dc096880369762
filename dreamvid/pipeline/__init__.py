"""Wiring: opens what is read and written, builds motion and dreamer, and runs the frame loop. One module a command.

TensorFlow is loaded inside the functions that need it, after everything cheap was checked.
"""

from dreamvid.pipeline.atlas import Atlas, atlas
from dreamvid.pipeline.clip import clip
from dreamvid.pipeline.encode import Encoded, encode
from dreamvid.pipeline.film import Rendered
from dreamvid.pipeline.image import Dreamed, image
from dreamvid.pipeline.loop import loop
from dreamvid.pipeline.measure import Coherence, measure
from dreamvid.pipeline.preview import Previewed, preview
from dreamvid.pipeline.rerun import rerun
from dreamvid.pipeline.resume import Status, resume, status, verify
from dreamvid.pipeline.zoom import zoom

__all__ = [
    "Atlas", "Coherence", "Dreamed", "Encoded", "Previewed", "Rendered", "Status",
    "atlas", "clip", "encode", "image", "loop", "measure", "preview", "rerun", "resume",
    "status", "verify", "zoom",
]
