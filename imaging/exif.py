"""Camera metadata: from the Exif block, then Canon's maker note, then XMP, as exiftool ranks them.

The raw block is not kept. Each field stands for itself: nonsense gives None for that field only.
"""

from contextlib import suppress
from dataclasses import dataclass

from imaging import bmff, exif_values, jpeg, jpeg_blocks
from imaging.errors import ImageRejected
from imaging.tiff import Tiff, Value
from imaging.xmp import Xmp

_MAX_BLOCK = 2**20
_MAX_ISO = 10_000_000
_MAX_EXPOSURE_S = 86_400.0
_MAX_F_NUMBER = 1_000.0
_MAX_FOCAL_MM = 100_000.0


@dataclass(frozen=True)
class CameraExif:
    """What the camera said about one shot; None where it said nothing or nonsense.

    `captured_at` is ISO 8601 to the second, with an offset when the camera gave one (else local
    time without zone); `captured_at_offset` is the separate OffsetTimeOriginal tag. Coordinates
    are signed decimal degrees. `orientation` (1..8) is the tag's value, whatever was applied.
    """

    iso: int | None = None
    exposure_time_s: float | None = None
    f_number: float | None = None
    captured_at: str | None = None
    captured_at_offset: str | None = None
    make: str | None = None
    model: str | None = None
    gps_latitude: float | None = None
    gps_longitude: float | None = None
    orientation: int | None = None
    focal_length_mm: float | None = None
    lens_model: str | None = None
    software: str | None = None

    def to_json(self) -> dict[str, object]:
        """The stored form: standard Exif tag names and units, fields without a value left out.

        ISO; ExposureTime in seconds; FNumber; FocalLength in mm; DateTimeOriginal in Exif's form
        "YYYY:MM:DD HH:MM:SS" (with "+hh:mm" only when it came from XMP, whose dates carry it);
        OffsetTimeOriginal "+hh:mm"; Make, Model, LensModel, Software; GPSLatitude and
        GPSLongitude in signed decimal degrees; Orientation 1..8.
        """
        fields: dict[str, object] = {
            "ISO": self.iso,
            "ExposureTime": self.exposure_time_s,
            "FNumber": self.f_number,
            "FocalLength": self.focal_length_mm,
            "DateTimeOriginal": self._date_time_original(),
            "OffsetTimeOriginal": self.captured_at_offset,
            "Make": self.make,
            "Model": self.model,
            "LensModel": self.lens_model,
            "Software": self.software,
            "GPSLatitude": self.gps_latitude,
            "GPSLongitude": self.gps_longitude,
            "Orientation": self.orientation,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def _date_time_original(self) -> str | None:
        if self.captured_at is None:
            return None
        local = self.captured_at.removesuffix(self.captured_at_offset or "")
        return f"{local[:10].replace('-', ':')} {local[11:]}"


def read_exif(data: bytes) -> CameraExif:
    """Read the metadata of a JPEG or HEIC file; never raises, whatever the bytes."""
    tiff, xmp = _blocks(data)
    written = exif_values.text(tiff.exif(0x9003))
    captured_at = exif_values.timestamp(written)
    offset = exif_values.offset(exif_values.text(tiff.exif(0x9011))) if captured_at else None
    if captured_at and len(captured_at) > 19:
        offset = None
    maximum = _MAX_EXPOSURE_S, _MAX_F_NUMBER
    return CameraExif(
        iso=_iso(tiff, xmp),
        exposure_time_s=exif_values.number(tiff.exif(0x829A), maximum[0])
        or xmp.number("exif:ExposureTime", maximum[0]),
        f_number=exif_values.number(tiff.exif(0x829D), maximum[1])
        or xmp.number("exif:FNumber", maximum[1]),
        captured_at=captured_at + (offset or "")
        if captured_at
        else xmp.timestamp("exif:DateTimeOriginal"),
        captured_at_offset=offset,
        make=exif_values.text(tiff.ifd0(0x010F)) or xmp.text("tiff:Make"),
        model=exif_values.text(tiff.ifd0(0x0110)) or xmp.text("tiff:Model"),
        gps_latitude=_coordinate(tiff, xmp, 1, "GPSLatitude", "NS"),
        gps_longitude=_coordinate(tiff, xmp, 3, "GPSLongitude", "EW"),
        orientation=exif_values.integer(tiff.ifd0(0x0112), 1, 8)
        or xmp.integer("tiff:Orientation", 1, 8),
        focal_length_mm=exif_values.number(tiff.exif(0x920A), _MAX_FOCAL_MM),
        lens_model=exif_values.text(tiff.exif(0xA434)),
        software=exif_values.text(tiff.ifd0(0x0131)),
    )


def _iso(tiff: Tiff, xmp: Xmp) -> int | None:
    """PhotographicSensitivity; where it says 65535 (more than fits), its 32-bit companions."""
    found = exif_values.integer(tiff.exif(0x8827), 1, _MAX_ISO)
    if found == 0xFFFF:
        wide = (exif_values.integer(tiff.exif(t), 1, _MAX_ISO) for t in (0x8833, 0x8832, 0x8831))
        found = next((w for w in wide if w), found)
    if found is None:
        found = _canon_iso(tiff.canon(0x0001), tiff.canon(0x0004))
    return found or xmp.integer("exif:ISOSpeedRatings", 1, _MAX_ISO)


def _canon_iso(settings: Value | None, shot: Value | None) -> int | None:
    """ISO of Canon bodies that leave the Exif tag out: field 16 of CameraSettings, else ShotInfo.

    CameraSettings holds a code (16..20 are ISO 50..800) or the speed itself with bit 14 set;
    ShotInfo fields 1 and 2 are automatic and base sensitivity in 1/32 stops.
    """
    code = settings[16] if settings and len(settings) > 16 else None
    if isinstance(code, int):
        if code & 0x4000:
            return exif_values.integer((code & 0x3FFF,), 1, _MAX_ISO)
        if 16 <= code <= 20:
            return 50 << (code - 16)
    pair = shot[1:3] if shot and len(shot) > 2 else ()
    automatic, base = (p if isinstance(p, int) and 0 < p < 1024 else 0 for p in (*pair, 0, 0)[:2])
    if not (automatic and base):
        return None
    return exif_values.integer(
        (round(2 ** (automatic / 32) * 2 ** (base / 32) / 32 * 100),), 1, _MAX_ISO
    )


def _coordinate(tiff: Tiff, xmp: Xmp, tag: int, name: str, directions: str) -> float | None:
    reference = exif_values.text(tiff.gps(tag))
    found = exif_values.coordinate(tiff.gps(tag + 1), reference, directions)
    return found if found is not None else xmp.coordinate(f"exif:{name}", directions)


def _blocks(data: bytes) -> tuple[Tiff, Xmp]:
    exif, xmp = _jpeg_blocks(data) if data.startswith(jpeg.SOI) else _heic_blocks(data)
    return Tiff(exif or b""), Xmp(xmp or b"")


def _jpeg_blocks(data: bytes) -> tuple[bytes | None, bytes | None]:
    segments: list[jpeg.Segment] = []
    with suppress(ImageRejected):  # what was read up to the damage is still the camera's word
        segments.extend(jpeg.iter_segments(data))
    found = tuple(segments)
    return jpeg_blocks.exif_block(data, found), jpeg_blocks.xmp_packet(data, found)


def _heic_blocks(data: bytes) -> tuple[bytes | None, bytes | None]:
    """The Exif and XMP items that describe the primary picture (a file may hold several)."""
    container = bmff.read_container_leniently(data)
    exif, xmp = None, None
    for number, item in container.items.items():
        described = container.references.get((b"cdsc", number), ())
        if described and container.primary not in described:
            continue
        if item.type == b"Exif" and exif is None:
            exif = _exif_payload(bmff.item_bytes(data, item, _MAX_BLOCK))
        elif item.content_type == b"application/rdf+xml" and xmp is None:
            xmp = bmff.item_bytes(data, item, _MAX_BLOCK)
    return exif, xmp


def _exif_payload(item: bytes) -> bytes:
    """The TIFF block of an Exif item, after a 4-byte offset to it (ISO/IEC 23008-12, A.2.1)."""
    block = item[4 + int.from_bytes(item[:4], "big") :]
    return block.removeprefix(b"Exif\0\0")
