"""The golden renders: each is a command line of dreamvid, small, that writes one lossless result."""

from pathlib import Path

SAMPLES = Path(__file__).parent.parent.parent / "samples"
SEED, CAT, CLIP = (str(SAMPLES / name) for name in ("seed.jpg", "cat.jpg", "clip.mp4"))

_ZOOM = ("zoom", SEED, "--size", "96", "--frames", "14")
_CLIP = ("clip", CLIP, "--size", "96", "--warm-up", "3", "--blend", "0.96")
_LOOP = ("loop", SEED, "--size", "96", "--period", "0.5")
_IMAGE = ("image", SEED, "--size", "120", "--octaves", "2", "--steps", "3")

FILMS: dict[str, tuple[str, ...]] = {
    "zoom": _ZOOM,
    "zoom-turning": (*_ZOOM, "--rotate", "20", "--pan-x", "0.1", "--pan-y", "-0.1", "--border", "wrap",
                     "--zoom", "0.7"),
    "zoom-bounce": (*_ZOOM, "--bounce", "--zoom", "1.3"),
    "zoom-uneven": (*_ZOOM, "--blend", "0.8", "--no-anchor", "--no-even", "--tv", "0.2", "--smooth", "0.5"),
    "zoom-two-layers": (*_ZOOM, "--layers", "block4:0.5,block10", "--fps", "24", "--seed", "7", "--octaves", "2"),
    "zoom-class": (*_ZOOM, "--class", "tiger"),
    "clip": (*_CLIP,),
    "clip-shown": (*_CLIP, "--strength", "0.7", "--mask", CAT, "--compare", "wipe", "--frames", "12"),
    "clip-part": (*_CLIP, "--start", "0.4", "--end", "1.2", "--compare", "side"),
    "clip-blend": (*_CLIP, "--coherence", "blend", "--blend", "0.5", "--frames", "16"),
    "clip-alone": (*_CLIP, "--coherence", "none", "--frames", "5"),
    "clip-rate": (*_CLIP, "--fps", "12", "--no-cuts"),
    "loop-dive": (*_LOOP, "--quality", "draft", "--keys", "3", "--turns", "1"),
    "loop-dive-outward": (*_LOOP, "--quality", "draft", "--keys", "2", "--outward", "--zoom-per-key", "3"),
    "loop-pulse": (*_LOOP, "--kind", "pulse", "--quality", "draft"),
    "loop-sway": (*_LOOP, "--kind", "sway", "--quality", "draft"),
    "loop-bounce": (*_LOOP, "--kind", "bounce", "--zoom", "1.3"),
    "loop-crossfade": ("loop", CLIP, "--size", "96", "--quality", "draft", "--crossfade", "0.2", "--end", "0.8"),
    "loop-clip-bounce": ("loop", CLIP, "--size", "96", "--quality", "draft", "--kind", "bounce", "--end", "0.5"),
    "loop-plain": ("loop", CLIP, "--size", "96", "--steps", "0", "--crossfade", "0.2"),
}
"""Name → arguments; the result is a film in FFV1."""

PICTURES: dict[str, tuple[str, ...]] = {
    "image": _IMAGE,
    "image-plain": ("image", SEED, "--size", "120", "--octaves", "1", "--steps", "8"),
    "image-tiles": ("image", SEED, "--size", "300", "--octaves", "2", "--steps", "2", "--tile", "128"),
    "image-tutorial": (*_IMAGE, "--pyramid", "plain", "--limits", "clip", "--jitter", "8"),
    "image-channels": (*_IMAGE, "--layers", "block10_expand", "--channels", "13,139"),
    "image-guide": (*_IMAGE, "--guide", CAT),
    "noise": ("image", "--noise", "100x80", "--octaves", "2", "--steps", "3", "--seed", "3"),
    "atlas": ("layers", SEED, "--size", "64", "--octaves", "1", "--steps", "2", "--most", "5"),
}
"""Name → arguments; the result is a picture in PNG."""
