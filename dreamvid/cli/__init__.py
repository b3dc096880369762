"""The command line: options → settings → films; events → progress; errors → exit codes.

Nothing here imports TensorFlow, OpenCV or NumPy until a command runs.
"""

from dreamvid.cli.app import app

__all__ = ["app"]
