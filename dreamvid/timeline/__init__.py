"""Settings over time: curves, the clock and sound that they depend on, and the table of values at every frame.

Nothing here reads files or depends on films. A curve is data: it is checked against an allow-list and never run as
Python.
"""
