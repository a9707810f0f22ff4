"""The metadata that the studio's camera writes into each frame."""

from datetime import datetime, timedelta
from fractions import Fraction

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.TiffImagePlugin import IFDRational

from studio.camera import FOCAL_LENGTH

MAKE, MODEL, LENS = "360 Imaging", "Studio One", "Studio One 58mm F2.8"
OFFSET = "+02:00"
SECONDS_PER_FRAME = 2
_FIRST_MORNING = datetime(2025, 6, 16, 9, 0, 0)
# The Lingotto building in Turin, once a car factory with a test track on its roof.
LATITUDE, LONGITUDE, ALTITUDE = 45.0323, 7.6653, 239


def taken_at(seed: int, index: int) -> datetime:
    """Local time of frame `index` of the spin with `seed`."""
    start = _FIRST_MORNING + timedelta(days=seed // 480 % 300, minutes=seed % 480)
    return start + timedelta(seconds=index * SECONDS_PER_FRAME)


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    hundredths = round(abs(degrees) * 3600 * 100)
    minutes, rest = divmod(hundredths, 6000)
    return IFDRational(minutes // 60), IFDRational(minutes % 60), IFDRational(rest, 100)


def frame_exif(
    *, seed: int, index: int, width: int, height: int, iso: int, exposure: Fraction
) -> Image.Exif:
    """Exif of one frame; `exposure` in seconds."""
    moment = taken_at(seed, index)
    stamp = moment.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = MAKE, MODEL
    exif[Base.Orientation] = 1
    exif[Base.XResolution] = exif[Base.YResolution] = IFDRational(300)
    exif[Base.ResolutionUnit] = 2
    exif[Base.Software] = "Studio One 1.0"
    exif[Base.DateTime] = stamp
    exif.get_ifd(IFD.Exif).update(_capture(stamp, width, height, iso, exposure))
    exif.get_ifd(IFD.GPSInfo).update(_place(moment))
    return exif


def _capture(
    stamp: str, width: int, height: int, iso: int, exposure: Fraction
) -> dict[int, object]:
    return {
        Base.ExposureTime: IFDRational(exposure.numerator, exposure.denominator),
        Base.FNumber: IFDRational(8),
        Base.ExposureProgram: 1,
        Base.ISOSpeedRatings: iso,
        Base.ExifVersion: b"0232",
        Base.DateTimeOriginal: stamp,
        Base.DateTimeDigitized: stamp,
        Base.OffsetTime: OFFSET,
        Base.OffsetTimeOriginal: OFFSET,
        Base.OffsetTimeDigitized: OFFSET,
        Base.MeteringMode: 5,
        Base.Flash: 0,
        Base.FocalLength: IFDRational(round(FOCAL_LENGTH)),
        Base.ColorSpace: 1,
        Base.ExifImageWidth: width,
        Base.ExifImageHeight: height,
        Base.ExposureMode: 1,
        Base.WhiteBalance: 1,
        Base.FocalLengthIn35mmFilm: round(FOCAL_LENGTH),
        Base.LensMake: MAKE,
        Base.LensModel: LENS,
    }


def _place(moment: datetime) -> dict[int, object]:
    utc = moment - timedelta(hours=int(OFFSET[1:3]))
    return {
        GPS.GPSVersionID: b"\x02\x03\x00\x00",
        GPS.GPSLatitudeRef: "N",
        GPS.GPSLatitude: _sexagesimal(LATITUDE),
        GPS.GPSLongitudeRef: "E",
        GPS.GPSLongitude: _sexagesimal(LONGITUDE),
        GPS.GPSAltitudeRef: b"\x00",
        GPS.GPSAltitude: IFDRational(ALTITUDE),
        GPS.GPSTimeStamp: tuple(IFDRational(t) for t in (utc.hour, utc.minute, utc.second)),
        GPS.GPSDateStamp: utc.strftime("%Y:%m:%d"),
    }
