"""Pure functions from the bytes of a photograph to everything the platform derives from it.

No I/O, no settings, no imports from other rooms. Start at `derive`; `exif` stands on its own.
"""
