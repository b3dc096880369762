"""The studio: a queue of jobs on the disk, and a page in the browser that shows and controls it.

A job is a plan and a folder, and each is rendered by a process of its own, `dreamvid work`. So the server may end at
any time. Nothing here dreams or encodes, and nothing outside knows of HTTP.
"""
