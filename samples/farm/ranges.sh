#!/bin/bash
# A film as an array of Slurm's jobs, without Dask. The store is a folder that all nodes see; an address works too.
#
#   dreamvid plan clip in.mp4 --threads 2 --film film.mp4 -o plan.json
#   dreamvid render plan.json --store ranges --missing          # the ranges to make, and what all of them share
#   sbatch --array="$(dreamvid render plan.json --store ranges --missing | paste -sd,)" ranges.sh
#   dreamvid render plan.json --store ranges --join -o film.mp4
#
# A range that goes on with a scene needs the one before it, and its job fails until that is there. So give the third
# command again until the second prints nothing.
#
#SBATCH --cpus-per-task=2
#SBATCH --requeue
set -euo pipefail
dreamvid render plan.json --store ranges --range "$SLURM_ARRAY_TASK_ID" -q
