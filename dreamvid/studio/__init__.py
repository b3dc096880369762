"""The studio: a queue of jobs on the disk, and a page in the browser that shows and controls it.

A job is a folder that holds a plan. Each job is rendered by its own process, `dreamvid work`, so the server may end at
any time. The server process never dreams or encodes. Only this package uses HTTP.
"""
