"""How much one file may ask of a worker; checked from its header, before any decode."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Caps for one image; the defaults admit every phone up to 64 MP.

    `max_scans`: a progressive JPEG from a camera or an editor has about 10 scans, each of which
    costs a pass over all coefficients; a small file with hundreds burns 20 s of CPU in any decoder.
    `max_decoder_bytes`: output and coefficient memory of a JPEG; a progressive file holds all
    coefficients, so 64 MP of it with full colour resolution takes 576 MB where baseline takes 192.
    """

    max_bytes: int = 50 * 2**20
    max_pixels: int = 64_000_000
    max_scans: int = 64
    max_decoder_bytes: int = 512 * 2**20
