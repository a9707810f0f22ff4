"""Names of formats that are not accepted, by their signatures, and formats hidden in a photo."""

_PDF_WINDOW = 1024  # readers accept a PDF header anywhere in the first 1024 bytes
_ZIP_END_WINDOW = 22 + 65_535  # the end record and its longest comment

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"II*\0", "a TIFF or raw picture"),
    (b"MM\0*", "a TIFF or raw picture"),
    (b"II+\0", "a BigTIFF picture"),
    (b"MM\0+", "a BigTIFF picture"),
    (b"IIU\0", "a Panasonic raw picture"),
    (b"FUJIFILMCCD-RAW", "a Fujifilm raw picture"),
    (b"BM", "a BMP picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\1\0", "an icon"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\3\4", "a ZIP archive"),
    (b"PK\5\6", "a ZIP archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#!", "a script"),
    (b"\x1aE\xdf\xa3", "a Matroska video"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<script", "a web page"),
    (b"<?php", "a PHP script"),
    (b"<?xml", "an XML document"),
)
_BRANDS: tuple[tuple[bytes, str], ...] = (
    (b"avif", "an AVIF picture"),
    (b"avis", "an AVIF sequence"),
    (b"crx ", "a Canon raw picture"),
    (b"qt  ", "a video"),
    (b"isom", "a video"),
    (b"mp4", "a video"),
    (b"M4V", "a video"),
    (b"3gp", "a video"),
)


def foreign_name(data: bytes) -> str | None:
    """What a file is if it begins as a known format that is not accepted, else None."""
    if data[:4] == b"RIFF":
        return {b"WEBP": "a WebP picture", b"AVI ": "a video"}.get(data[8:12], "a RIFF file")
    if data[4:8] == b"ftyp":
        return _first(_BRANDS, data[8:12])
    return _first(_MAGIC, data[:16]) or _first(
        _MARKUP, data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    )


def hidden_format(data: bytes, end: int) -> str | None:
    """What else a photo is that ends at `end`: by a PDF header near the start, by what directly
    follows the picture, or by a ZIP directory at the end of the file.

    Other trailers are what cameras write (further JPEGs, motion photos, vendors' blocks).
    """
    if b"%PDF-" in data[:_PDF_WINDOW]:
        return "a PDF document"
    tail = data[end : end + 64].lstrip(b"\0\xff \t\r\n")
    if found := _first(_MAGIC, tail) or _first(_MARKUP, tail.lower()):
        return found
    return "a ZIP archive" if _has_zip_directory(data) else None


def _has_zip_directory(data: bytes) -> bool:
    """Whether a ZIP end record at the end of the file points at a real central directory."""
    at = data.rfind(b"PK\5\6", max(0, len(data) - _ZIP_END_WINDOW))
    if at < 0:
        return False
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    return size == 0 or (size <= at and data.startswith(b"PK\1\2", at - size))


def _first(table: tuple[tuple[bytes, str], ...], data: bytes) -> str | None:
    return next((name for magic, name in table if data.startswith(magic)), None)
