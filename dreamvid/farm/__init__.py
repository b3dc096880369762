"""Renders films on many machines with Dask's `distributed` (the extra `farm`).

`cluster` opens a cluster, `pool` gives units of work to its workers, `task` runs on a worker, and `film_work` divides a
film into units. Only this package uses Dask.
"""
