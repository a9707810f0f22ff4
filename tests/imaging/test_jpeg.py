"""Where scans begin and a picture ends, wherever the markers lie."""

import numpy as np
import pytest

from imaging import jpeg
from imaging.errors import ImageRejected
from tests.imaging import pictures

WINDOW = 2**18
HEADER = pictures.jpeg(pictures.scene(16, 16))


def padded(length: int, end: bytes) -> tuple[bytes, jpeg.JpegHeader]:
    """A header and so many bytes of entropy-coded data: restarts, stuffing and fill bytes too."""
    header = jpeg.parse_header(HEADER)
    data = np.random.default_rng(length).integers(0, 255, length, dtype=np.uint8).tobytes()
    coded = b"\xff\x00" + b"\xff\xd3" + data + b"\xff"
    return HEADER[: header.segments[-1].end] + coded + end, header


@pytest.mark.parametrize("length", [0, 100, *range(WINDOW - 9, WINDOW + 3), 2 * WINDOW - 6])
def test_the_end_is_found_across_windows(length: int) -> None:
    data, header = padded(length, b"\xff\xd9")
    assert jpeg.walk_scans(data + b"\xff\xda trailer", header, 64) == jpeg.Scans(1, len(data))


@pytest.mark.parametrize("length", [5, WINDOW - 5, WINDOW])
def test_a_marker_inside_a_segment_is_none(length: int) -> None:
    data, header = padded(length, b"\xff\xc4\x00\x06\xff\xda\xff\xd9" + b"\xff\xda\x00\x02\xff\xd9")
    assert jpeg.walk_scans(data, header, 64) == jpeg.Scans(2, len(data))


@pytest.mark.parametrize("length", [5, WINDOW - 5, WINDOW - 6])
def test_no_end_is_truncated(length: int) -> None:
    data, header = padded(length, b"\xff")
    with pytest.raises(ImageRejected) as caught:
        jpeg.walk_scans(data, header, 64)
    assert caught.value.code == "truncated"
