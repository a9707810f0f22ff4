"""The verdicts that are the file's own fault: a stable code and a sentence for a photographer."""

from enum import StrEnum


class RejectCode(StrEnum):
    """Why a file is refused. Stored with the image and shown to people: values never change."""

    EMPTY_FILE = "empty_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    POLYGLOT = "polyglot"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_SCANS = "too_many_scans"
    ANIMATED_OR_MULTI = "animated_or_multi"
    DECODER_FAILED = "decoder_failed"
    DECODER_CRASHED = "decoder_crashed"
    DECODER_TIMEOUT = "decoder_timeout"
    MEMORY_LIMIT = "memory_limit"


class ImageRejected(Exception):  # noqa: N818  (a verdict on the file, not a fault of ours)
    """The file cannot become a picture and trying again will not help.

    `code` is for machines, `message` is one sentence that a photographer can act on.
    """

    def __init__(self, code: RejectCode, message: str) -> None:
        # Both go to Exception.args, so the instance survives pickling between processes.
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
