"""dreamvid: DeepDream films.

    from dreamvid import zoom

    zoom("seed.jpg", "film.mp4", frames=90, zoom=1.5)

The names in `__init__.pyi` are loaded when they are first used, so that importing dreamvid costs nothing.
"""

import lazy_loader

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
