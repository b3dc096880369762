"""Settings over time: curves, what they are evaluated from, and the table of their values at every frame.

Nothing here reads a file or knows a film. A curve is data: it is parsed into an allow-list and never run as Python.
"""
