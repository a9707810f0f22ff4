"""Durable phases. Imports the steps' interface and the shared vocabulary, nothing else."""
