"""What survives a crash: a work folder beside the output, whose journal tells which of its files count.

A file is written whole, under a name of its own, and is on the disk before a line in the journal names it and its
hash. The line is the commit. So whatever stops the program, the folder holds all that was committed, and what it holds
besides is swept away.
"""

from dreamvid.journal.files import same_content as same_content
from dreamvid.journal.files import sync as sync
from dreamvid.journal.folder import NAME as NAME
from dreamvid.journal.folder import glance as glance
from dreamvid.journal.folder import is_begun as is_begun
from dreamvid.journal.folder import is_locked as is_locked
from dreamvid.journal.folder import open_work as open_work
from dreamvid.journal.folder import work_folder as work_folder
from dreamvid.journal.manifest import Manifest as Manifest
from dreamvid.journal.work import Work as Work
