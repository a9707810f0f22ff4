"""The REST API: thin, typed, one folder a noun."""
