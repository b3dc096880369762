"""Films on many machines, by way of Dask's `distributed` (the extra `farm`).

`cluster` opens a cluster, `pool` gives its workers units of work, `task` is what a worker does, and `film` says what
the units of a film are. Nothing outside of this package knows of Dask.
"""
