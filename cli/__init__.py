"""Operators' and engineers' command line."""
