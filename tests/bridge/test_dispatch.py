"""What a message asks for."""

import json
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.dispatch import Ignore, MalformedMessageError, Start, decide
from schema.enums import UploadContentType
from tests.bridge.s3_events import a_key, body, record


def test_an_uploaded_original_starts_its_workflow() -> None:
    key = a_key(UploadContentType.HEIC)
    (decision,) = decide(body(record(str(key))))
    assert isinstance(decision, Start)
    assert decision.image.upload_id == str(key.upload_id)
    assert decision.image.org_id == str(key.org_id)
    assert decision.image.site_id == str(key.site_id)
    assert decision.image.session_id == str(key.session_id)
    assert decision.image.storage_key == str(key)
    assert decision.image.uploaded_at == "2026-11-20T10:00:00.000Z"


def test_keys_are_url_decoded() -> None:
    key = a_key()
    (decision,) = decide(body(record(quote_plus(str(key)))))
    assert isinstance(decision, Start)
    assert decision.image.storage_key == str(key)


def test_several_records_are_several_decisions() -> None:
    first, second = a_key(), a_key()
    made = decide(body(record(str(first)), record(first.thumbnail(600)), record(str(second))))
    assert [type(decision) for decision in made] == [Start, Ignore, Start]


@pytest.mark.parametrize("size", [150, 600, 1200])
def test_our_own_thumbnails_are_dropped(size: int) -> None:
    assert decide(body(record(a_key().thumbnail(size)))) == [Ignore("derivative")]


def test_other_events_are_dropped() -> None:
    assert decide(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})) == [
        Ignore("test event")
    ]
    (removed,) = decide(body(record(str(a_key()), "ObjectRemoved:Delete")))
    assert isinstance(removed, Ignore)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"Records": []}',
        '{"Records": [{}]}',
        '{"Records": [null]}',
        '{"Records": [{"eventName": 1, "s3": {"object": {"key": "x"}}}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": 5}}}]}',
        body(record("org/x/site/y/session/z/photo.jpg")),
        body(record("unrelated.jpg")),
    ],
)
def test_what_nobody_understands_is_malformed(text: str) -> None:
    with pytest.raises(MalformedMessageError):
        decide(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(JSON | st.fixed_dictionaries({"Records": st.lists(JSON)}))
def test_no_document_does_worse_than_malformed(document: object) -> None:
    with pytest.raises(MalformedMessageError):
        decide(json.dumps(document))
