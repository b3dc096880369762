"""The command line: options → settings → pipeline; events → progress; errors → exit codes.

One module a command; nothing here imports TensorFlow, OpenCV or NumPy until a command runs.
"""

from dreamvid.cli.app import app

__all__ = ["app"]
