"""What the API reads and writes in PostgreSQL: one file a noun, each query within a scope."""
