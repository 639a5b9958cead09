"""What must be fast, measured as a ratio in one run on one machine: `make bench SIZE=10k|100k|1m`."""
