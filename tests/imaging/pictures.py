"""Pictures to test with, encoders for them, and measures of likeness."""

import io
import struct

import cv2
import numpy as np
import numpy.typing as npt
import pillow_heif
from PIL import Image, ImageCms, ImageOps

from imaging.decode import decode
from imaging.limits import Limits
from imaging.sniff import sniff
from imaging.thumbnails import Thumbnails, make_thumbnails

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


def scene(width: int, height: int, seed: int = 1, noise: float = 3.0) -> Pixels:
    """An RGB picture with structure at all scales, straight edges and sensor noise."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width, 3), 128, np.float32)
    for cells, strength in ((8, 60), (32, 40), (128, 30)):
        rows, columns = (
            cells * height // max(height, width) + 2,
            cells * width // max(height, width) + 2,
        )
        field = rng.normal(0, strength, (rows, columns, 1)) + rng.normal(0, 8, (rows, columns, 3))
        canvas += cv2.resize(
            field.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
    for _ in range(60):
        start, stop = rng.integers(0, (width, height), (2, 2))
        colour = (rng.integers(40, 216) + rng.integers(-30, 30, 3)).tolist()
        cv2.line(
            canvas, start.tolist(), stop.tolist(), colour, int(rng.integers(1, 7)), cv2.LINE_AA
        )
    canvas += rng.normal(0, noise, (height, width, 1))
    return np.clip(canvas, 0, 255).astype(np.uint8)


def car(width: int, height: int, noise: float = 0.0) -> Pixels:
    """A symmetric car-like shape on a flat backdrop: half its hash coefficients are near zero."""
    canvas = np.full((height, width), 240, np.float32)
    across, down = width // 10, height // 10
    cv2.rectangle(canvas, (2 * across, 3 * down), (8 * across, 7 * down), 60, -1)
    for x in (3 * across, 7 * across):
        cv2.circle(canvas, (x, 7 * down), down, 20, -1)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 3), np.float32)
    canvas += np.random.default_rng(2).normal(0, noise, canvas.shape)
    return np.repeat(np.clip(canvas, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def jpeg(pixels: Pixels | Image.Image, **options: object) -> bytes:
    """Encode with Pillow; `orientation` adds the Exif tag."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    if orientation := options.pop("orientation", None):
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **{"quality": 90, **options})
    return buffer.getvalue()


def heic(
    pixels: Pixels, quality: int = 90, orientation: int | None = None, **options: object
) -> bytes:
    """Encode with pillow_heif; an `orientation` becomes irot and imir."""
    if orientation:
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif.tobytes()
    file = pillow_heif.from_pillow(Image.fromarray(pixels))
    buffer = io.BytesIO()
    file.save(buffer, quality=quality, **options)
    return buffer.getvalue()


def matrix_profile(gamma: float, primaries: tuple[tuple[float, float], ...]) -> bytes:
    """An ICC v2 RGB profile with a pure gamma and the xy primaries (red, green, blue; D65)."""
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in (*primaries, (0.3127, 0.3290))]).T
    columns = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
    bradford = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    d50 = np.array([0.9642, 1.0, 0.8249])
    scale = np.diag((bradford @ d50) / (bradford @ xyz[:, 3]))
    adapted = np.linalg.inv(bradford) @ scale @ bradford @ columns
    bodies = {b"wtpt": _xyz_tag(d50)}
    for index, name in enumerate((b"r", b"g", b"b")):
        bodies[name + b"XYZ"] = _xyz_tag(adapted[:, index])
        bodies[name + b"TRC"] = b"curv" + bytes(4) + struct.pack(">IH2x", 1, round(gamma * 256))
    return _profile(bodies)


def _xyz_tag(values: Floats) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(v * 65536) for v in values))


def _profile(bodies: dict[bytes, bytes]) -> bytes:
    offset = 128 + 4 + 12 * len(bodies)
    table, data = struct.pack(">I", len(bodies)), b""
    for name, body in bodies.items():
        table += name + struct.pack(">2I", offset + len(data), len(body))
        data += body
    header = struct.pack(
        ">I4sI4s4s4s", offset + len(data), b"test", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + table + data


def adobe_rgb() -> bytes:
    return matrix_profile(2.19921875, ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)))


def in_srgb(image: Image.Image) -> Image.Image:
    """The reference conversion: LittleCMS through Pillow, no profile means sRGB."""
    profile = image.info.get("icc_profile")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
        assert converted is not None
        return converted
    return image.convert("RGB")


def centre_square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def psnr(a: Image.Image, b: Image.Image) -> float:
    error = np.mean((np.asarray(a, np.float64) - np.asarray(b, np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(float(error), 1e-9)))


def ssim(a: Image.Image, b: Image.Image) -> float:
    """Mean structural similarity of two greys (Wang et al. 2004, Gaussian window of 11)."""
    x, y = (np.asarray(i.convert("L"), np.float64) for i in (a, b))

    def blur(values: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)

    mean_x, mean_y = blur(x), blur(y)
    variance_x, variance_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float(np.mean(top / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2))))


def assert_as_good_as_pillow(data: bytes, made: Thumbnails) -> None:
    """SSIM within 0.01 and PSNR within 1 dB of Pillow's thumbnail() against a Lanczos filter."""
    square = centre_square(upright(data))
    for requested, side in made.sides.items():
        reference = square.resize((side, side), Image.Resampling.LANCZOS)
        theirs = square.copy()
        theirs.thumbnail((requested, requested))
        pillow, ours = opened(jpeg(theirs, quality=85)), opened(made.files[requested])
        assert ssim(ours, reference) > ssim(pillow, reference) - 0.01
        assert psnr(ours, reference) > psnr(pillow, reference) - 1


def mean_delta_e(a: Image.Image, b: Image.Image) -> float:
    """Mean colour difference CIEDE2000 of two sRGB pictures (Sharma et al. 2005)."""
    first, second = (
        cv2.cvtColor(np.asarray(i.convert("RGB"), np.float32) / 255, cv2.COLOR_RGB2Lab)
        for i in (a, b)
    )
    return float(
        np.mean(_delta_e_2000(np.asarray(first, np.float64), np.asarray(second, np.float64)))
    )


def _delta_e_2000(first: Floats, second: Floats) -> Floats:
    l1, a1, b1 = np.moveaxis(first, -1, 0)
    l2, a2, b2 = np.moveaxis(second, -1, 0)
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = (h2 - h1 + 180) % 360 - 180
    big_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh) / 2)
    l_mean, c_mean, h_mean = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + dh / 2) % 360
    t = 1 - 0.17 * np.cos(np.radians(h_mean - 30)) + 0.24 * np.cos(np.radians(2 * h_mean))
    t += 0.32 * np.cos(np.radians(3 * h_mean + 6)) - 0.20 * np.cos(np.radians(4 * h_mean - 63))
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    r_c = 2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7))
    r_t = -np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2)))) * r_c
    dl, dc, dhh = (l2 - l1) / s_l, (c2 - c1) / s_c, big_h / s_h
    return np.asarray(np.sqrt(np.maximum(dl**2 + dc**2 + dhh**2 + r_t * dc * dhh, 0)))


def thumbnails(data: bytes) -> Thumbnails:
    return make_thumbnails(decode(data, sniff(data, Limits())))


def upright(data: bytes) -> Image.Image:
    """The reference decode: Pillow (pillow_heif for HEIC), upright, in sRGB."""
    if data[4:8] == b"ftyp":
        file = pillow_heif.open_heif(data)
        image = file.to_pillow()
        return in_srgb(image)
    return in_srgb(ImageOps.exif_transpose(opened(data)))
