"""Runs dreamvid from a checkout: `python cli.py zoom seed.jpg`. The installed command is `dreamvid`."""

from dreamvid.cli import app

if __name__ == "__main__":
    app()
