"""Camera metadata: exiftool's word on real files, None for nonsense, never an exception."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from imaging.exif import CameraExif, read_exif
from tests.imaging.pictures import heic, jpeg

FIELDS = {
    "ISO",
    "ExposureTime",
    "FNumber",
    "DateTimeOriginal",
    "OffsetTimeOriginal",
    "Make",
    "Model",
    "GPSLatitude",
    "GPSLongitude",
    "Orientation",
}
BLANK = np.full((16, 16, 3), 128, np.uint8)
Entry = tuple[int, int, int, bytes]  # tag, type, count, value


def tiff(
    ifd0: Sequence[Entry], exif: Sequence[Entry] = (), gps: Sequence[Entry] = (), order: str = "<"
) -> bytes:
    """A TIFF block with three directories, written independently of the reader."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    size0 = 2 + 12 * (len(ifd0) + 2) + 4
    at_exif = 8 + size0
    at_gps = at_exif + 2 + 12 * len(exif) + 4
    data_at = at_gps + 2 + 12 * len(gps) + 4
    pointers = [
        (0x8769, 4, 1, struct.pack(order + "I", at_exif)),
        (0x8825, 4, 1, struct.pack(order + "I", at_gps)),
    ]
    body, data = b"", b""
    for entries in ([*ifd0, *pointers], exif, gps):
        body += struct.pack(order + "H", len(entries))
        for tag, kind, count, value in entries:
            stored = value.ljust(4, b"\0")
            if len(value) > 4:
                stored = struct.pack(order + "I", data_at + len(data))
                data += value
            body += struct.pack(order + "HHI", tag, kind, count) + stored
        body += bytes(4)
    return head + body + data


def photo(block: bytes) -> bytes:
    return jpeg(BLANK, exif=b"Exif\0\0" + block)


def rationals(*pairs: tuple[int, int], order: str = "<") -> bytes:
    return b"".join(struct.pack(order + "2I", *pair) for pair in pairs)


def test_equals_exiftool_on_every_sample_file(
    shared_data: Path, expected: dict[str, dict[str, Any]]
) -> None:
    for name, entry in expected.items():
        wanted = {field: entry[field] for field in FIELDS if field in entry}
        for field in ("ExposureTime", "GPSLatitude"):
            if wanted.get(field) == 2**32 - 1:
                del wanted[field]  # "unknown" written as a number: nonsense here
        stored = read_exif((shared_data / name).read_bytes()).to_json()
        assert {f: v for f, v in stored.items() if f in FIELDS} == wanted, name


@pytest.mark.parametrize("order", ["<", ">"])
def test_reads_what_a_camera_writes(order: str) -> None:
    block = tiff(
        [
            (0x010F, 2, 6, b"Canon\0"),
            (0x0110, 2, 7, b"EOS R5\0"),
            (0x0112, 3, 1, struct.pack(order + "H", 6)),
        ],
        [
            (0x829A, 5, 1, rationals((1, 250), order=order)),
            (0x829D, 5, 1, rationals((28, 10), order=order)),
            (0x8827, 3, 1, struct.pack(order + "H", 400)),
            (0x9003, 2, 20, b"2024:02:29 23:59:59\0"),
            (0x9011, 2, 7, b"-03:30\0"),
        ],
        [
            (1, 2, 2, b"S\0"),
            (2, 5, 3, rationals((33, 1), (52, 1), (1008, 100), order=order)),
            (3, 2, 2, b"W\0"),
            (4, 5, 3, rationals((70, 1), (30, 1), (0, 0), order=order)),
        ],
        order,
    )
    found = read_exif(photo(block))
    assert found == CameraExif(
        iso=400,
        exposure_time_s=0.004,
        f_number=2.8,
        captured_at="2024-02-29T23:59:59-03:30",
        captured_at_offset="-03:30",
        make="Canon",
        model="EOS R5",
        gps_latitude=-33.8694666666667,
        gps_longitude=-70.5,
        orientation=6,
    )
    assert found.to_json()["DateTimeOriginal"] == "2024:02:29 23:59:59"
    assert found.to_json()["OffsetTimeOriginal"] == "-03:30"
    assert "LensModel" not in found.to_json()


NONSENSE: list[tuple[str, str, Entry]] = [
    ("iso", "exif", (0x8827, 3, 1, b"\0\0")),
    ("iso", "exif", (0x8827, 2, 4, b"100\0")),
    ("iso", "exif", (0x8827, 4, 1, b"\xff\xff\xff\xff")),
    ("exposure_time_s", "exif", (0x829A, 5, 1, rationals((1, 0)))),
    ("exposure_time_s", "exif", (0x829A, 5, 1, rationals((0xFFFFFFFF, 1)))),
    ("exposure_time_s", "exif", (0x829A, 10, 1, struct.pack("<2i", -1, 50))),
    ("exposure_time_s", "exif", (0x829A, 12, 1, struct.pack("<d", float("nan")))),
    ("exposure_time_s", "exif", (0x829A, 2, 6, b"1/100\0")),
    ("f_number", "exif", (0x829D, 11, 1, struct.pack("<f", float("inf")))),
    ("f_number", "exif", (0x829D, 5, 1, rationals((0, 10)))),
    ("f_number", "exif", (0x829D, 5, 4_000_000, rationals((28, 10)))),
    ("captured_at", "exif", (0x9003, 2, 20, b"0000:00:00 00:00:00\0")),
    ("captured_at", "exif", (0x9003, 2, 20, b"2023:02:29 10:00:00\0")),
    ("captured_at", "exif", (0x9003, 2, 20, b"    :  :     :  :  \0")),
    ("captured_at", "exif", (0x9003, 4, 1, b"\1\2\3\4")),
    ("make", "ifd0", (0x010F, 2, 6, b"\0anon\0")),
    ("make", "ifd0", (0x010F, 2, 6, b"Ca\x1bon\0")),
    ("make", "ifd0", (0x010F, 2, 5000, b"A" * 5000)),
    ("make", "ifd0", (0x010F, 3, 1, b"\5\0")),
    ("model", "ifd0", (0x0110, 0, 4, b"abcd")),
    ("model", "ifd0", (0x0110, 2, 0xFFFFFFFF, b"abcdefgh")),
    ("orientation", "ifd0", (0x0112, 3, 1, b"\x09\0")),
    ("orientation", "ifd0", (0x0112, 2, 2, b"6\0")),
]


@pytest.mark.parametrize(("field", "directory", "entry"), NONSENSE)
def test_nonsense_is_null_and_costs_only_its_field(
    field: str, directory: str, entry: Entry
) -> None:
    good = [(0x010F, 2, 6, b"Nikon\0"), (0x0110, 2, 3, b"Z8\0")]
    ifd0 = [e for e in good if e[0] != entry[0]] + [entry] * (directory == "ifd0")
    exif = [entry] * (directory == "exif") + [(0xA434, 2, 6, b"Z 50m\0")]
    found = read_exif(photo(tiff(ifd0, exif)))
    assert getattr(found, field) is None
    assert found.lens_model == "Z 50m"
    assert (found.make or found.model) is not None


GPS_NONSENSE = [
    rationals((0xFFFFFFFF, 1)),
    rationals((91, 1), (0, 1), (0, 1)),
    rationals((88, 1), (61, 1), (0, 1)),
    rationals((48, 0), (10, 1), (0, 1)),
    rationals((48, 1), (10, 0), (0, 1)),
]


@pytest.mark.parametrize("value", GPS_NONSENSE)
def test_impossible_coordinates_are_null(value: bytes) -> None:
    gps = [
        (1, 2, 2, b"N\0"),
        (2, 5, len(value) // 8, value),
        (3, 2, 2, b"E\0"),
        (4, 5, 1, rationals((11, 1))),
    ]
    found = read_exif(photo(tiff([], [], gps)))
    assert found.gps_latitude is None
    assert found.gps_longitude == 11.0


@pytest.mark.parametrize("reference", [b"", b"X\0", b"E\0", b"\xff\0"])
def test_a_coordinate_without_its_hemisphere_is_null(reference: bytes) -> None:
    gps = [(1, 2, len(reference), reference), (2, 5, 1, rationals((48, 1)))]
    assert read_exif(photo(tiff([], [], gps))).gps_latitude is None


def test_a_distant_year_is_a_date() -> None:
    found = read_exif(photo(tiff([], [(0x9003, 2, 20, b"2099:09:29 10:10:10\0")])))
    assert found.captured_at == "2099-09-29T10:10:10"


def test_xmp_stands_in_for_a_missing_block() -> None:
    packet = (
        b'<rdf:Description exif:DateTimeOriginal="2010-07-11T13:53:00+02:00" tiff:Make="A &amp; B" '
        b'exif:ExposureTime="1/60" exif:GPSLatitude="48,8.25N" exif:GPSLongitude="11,34,30W" '
        b'tiff:Orientation="8"><exif:ISOSpeedRatings><rdf:Seq><rdf:li>200</rdf:li></rdf:Seq>'
        b"</exif:ISOSpeedRatings><exif:FNumber>56/10</exif:FNumber></rdf:Description>"
    )
    found = read_exif(jpeg(BLANK, xmp=packet))
    assert found == CameraExif(
        iso=200,
        exposure_time_s=0.01666666667,
        f_number=5.6,
        captured_at="2010-07-11T13:53:00+02:00",
        make="A & B",
        gps_latitude=48.1375,
        gps_longitude=-11.575,
        orientation=8,
    )
    assert found.to_json()["DateTimeOriginal"] == "2010:07:11 13:53:00+02:00"


def test_reads_the_exif_of_a_heic() -> None:
    block = tiff([(0x010F, 2, 6, b"Apple\0")], [(0x8827, 3, 1, struct.pack("<H", 32))])
    found = read_exif(heic(BLANK.repeat(4, 0).repeat(4, 1), exif=block))
    assert (found.make, found.iso) == ("Apple", 32)


def test_pillow_writes_what_we_read() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Model"
    exif.get_ifd(0x8769).update({0x829A: IFDRational(1, 30), 0x8827: 64})
    found = read_exif(jpeg(BLANK, exif=exif))
    assert (found.model, found.exposure_time_s, found.iso) == ("Model", 0.03333333333, 64)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff\xe1", b"\0\0\0\x18ftypheic"]))
def test_never_raises_on_any_bytes(tail: bytes, head: bytes) -> None:
    assert isinstance(read_exif(head + tail), CameraExif)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_never_raises_on_a_damaged_file(data: st.DataObject) -> None:
    gps = [(1, 2, 2, b"N\0"), (2, 5, 1, rationals((48, 1)))]
    block = tiff([(0x010F, 2, 6, b"Canon\0")], [(0x927C, 7, 8, bytes(8))], gps)
    file = bytearray(photo(block) if data.draw(st.booleans()) else HEIC)
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    found = read_exif(bytes(file[: data.draw(st.integers(0, len(file)))]))
    assert all(value is not None for value in found.to_json().values())


HEIC = heic(BLANK.repeat(4, 0).repeat(4, 1), exif=tiff([(0x010F, 2, 6, b"Apple\0")]))
