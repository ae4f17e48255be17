"""Measurements: ratios against a floor in the same run, on this machine. Run by `make bench`."""
