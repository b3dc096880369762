"""`python -m dreamvid`."""

from dreamvid.cli import app

app()
