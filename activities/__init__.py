"""The six steps of ProcessImage. Workflows see only `interface`."""
