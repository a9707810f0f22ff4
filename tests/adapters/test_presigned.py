"""Our signatures are botocore's."""

from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials

from adapters.presigned import UrlSigner

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PLACES = {
    "path": ("http://127.0.0.1:9000", "http://127.0.0.1:9000/photos/"),
    "virtual": (None, "https://photos.s3.eu-central-1.amazonaws.com/"),
}
KEYS = ["org/1/site/2/x.jpg", "with space/ü+&=~'(.jpg"]


@pytest.mark.parametrize("style", PLACES)
@pytest.mark.parametrize("token", [None, "a/role's+token=="])
@pytest.mark.parametrize("key", KEYS)
def test_urls_are_what_botocore_makes(
    style: Literal["path", "virtual"], token: str | None, key: str
) -> None:
    endpoint, base = PLACES[style]
    client = boto3.client(
        "s3",
        region_name="eu-central-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key=SECRET,
        aws_session_token=token,
        config=Config(signature_version="s3v4", s3={"addressing_style": style}),
    )
    keys = ReadOnlyCredentials("AKIDEXAMPLE", SECRET, token)
    signer = UrlSigner(base, "eu-central-1", lambda: keys)
    given = {"Bucket": "photos", "Key": key}
    put = {"ContentType": "image/jpeg", "Metadata": {"id": "1"}, "Tagging": "a=b&c=d"}
    headers = {
        "Content-Type": "image/jpeg",
        "x-amz-meta-id": "1",
        "x-amz-tagging": "a=b&c=d",
    }
    for method, action, extra, sent in (
        ("GET", "get_object", {}, {}),
        ("PUT", "put_object", put, headers),
    ):
        theirs = client.generate_presigned_url(action, Params=given | extra, ExpiresIn=900)
        moment = datetime.strptime(_query(theirs)["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ")
        ours = signer.sign(method, key, 900, sent, moment)
        assert ours.partition("?")[0] == theirs.partition("?")[0]
        assert _query(ours) == _query(theirs)


def _query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)
