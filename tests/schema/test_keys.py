"""Object keys are read exactly as they are made."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.enums import UploadContentType
from schema.keys import THUMBNAIL_SIZES, campaign_of, is_derivative, original_key, parse_key

IDS = st.uuids(version=4)


@given(IDS, IDS, IDS, IDS, st.sampled_from(UploadContentType))
def test_a_key_that_was_made_is_read_back(
    org: UUID, site: UUID, session: UUID, upload: UUID, content_type: UploadContentType
) -> None:
    key = original_key(org, site, session, upload, content_type)
    assert parse_key(str(key)) == key
    assert not is_derivative(str(key))
    for size in THUMBNAIL_SIZES:
        assert is_derivative(key.thumbnail(size))
        assert parse_key(key.thumbnail(size)) is None
        assert campaign_of(key.thumbnail(size)) is None


def test_a_campaigns_thumbnails_are_told_from_the_first_ones() -> None:
    key = original_key(uuid4(), uuid4(), uuid4(), uuid4(), UploadContentType.JPEG)
    campaign = str(uuid4())
    thumbnail = key.thumbnail(600, campaign)
    assert is_derivative(thumbnail)
    assert parse_key(thumbnail) is None
    assert campaign_of(thumbnail) == campaign


@pytest.mark.parametrize(
    ("part", "damaged"),
    [
        ("org/", "ORG/"),
        ("org/", "/org/"),
        ("org/", "organization/"),
        (".jpg", ".png"),
        (".jpg", ".JPG"),
        (".jpg", ".jpg.exe"),
        (".jpg", ".jpg\n"),
        ("/session/", "/session/../"),
    ],
)
def test_a_damaged_key_is_nobodys(part: str, damaged: str) -> None:
    key = str(original_key(uuid4(), uuid4(), uuid4(), uuid4(), UploadContentType.JPEG))
    assert parse_key(key) is not None
    assert parse_key(key.replace(part, damaged)) is None
