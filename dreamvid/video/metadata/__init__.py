"""The text that a result carries in its own metadata: written into files of every format, and read again."""

from dreamvid.video.metadata.films import tags as tags
from dreamvid.video.metadata.pictures import embed as embed
from dreamvid.video.metadata.reading import read as read
