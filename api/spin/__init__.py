"""The manifest that a 360 viewer shows a session's spin from."""
