"""Benchmarks: `python -m bench NAME`. Each prints ratios and adds to build/results/bench.json."""
