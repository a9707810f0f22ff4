"""`oidc-provider-mock`, closer to real issuers, and fit for a portal in a browser.

As it comes, the provider makes a new key at every start, leaves `kid` out of its tokens, answers
no page of another origin, wants a client secret, and ignores PKCE. Its pages load a style sheet
from the internet; ours (`issuer_pages/`) does not.
Run as `python -m devstack.oidc_server KEY_FILE [options of oidc-provider-mock]`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import flask
import jinja2
from authlib.jose import RSAKey  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]
from oidc_provider_mock import __main__ as provider  # type: ignore[import-untyped]
from oidc_provider_mock import _app

_PAGES = Path(__file__).with_name("issuer_pages")


def main(key_file: Path, arguments: list[str]) -> None:
    """Serve until a signal ends the process."""
    key = _kept_key(key_file)

    class Storage(_app.Storage):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.jwk = key

    class OpenIDCode(_app.OpenIDCode):  # type: ignore[misc]
        def get_jwt_config(self, *args: Any, **kwargs: Any) -> dict[str, object]:  # noqa: ANN401
            return {**super().get_jwt_config(*args, **kwargs), "kid": key.as_dict()["kid"]}

    vars(_app).update(
        Storage=Storage, OpenIDCode=OpenIDCode, AuthorizationCodeGrant=_public_clients_too()
    )
    vars(provider).update(app=_for_browsers)
    provider.run(arguments)


def _public_clients_too() -> type:
    """The grant with PKCE, which a client without a secret must use."""
    challenges: dict[str, tuple[str | None, str | None]] = {}

    class Challenge(CodeChallenge):  # type: ignore[misc]
        def get_authorization_code_challenge(self, authorization_code: Any) -> str | None:  # noqa: ANN401
            return challenges.get(authorization_code.code, (None, None))[0]

        def get_authorization_code_challenge_method(self, authorization_code: Any) -> str | None:  # noqa: ANN401
            return challenges.get(authorization_code.code, (None, None))[1]

    class AuthorizationCodeGrant(_app.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

        def __init__(self, *args: Any) -> None:  # noqa: ANN401
            super().__init__(*args)
            Challenge(required=True)(self)

        def save_authorization_code(self, code: str, request: Any) -> None:  # noqa: ANN401
            super().save_authorization_code(code, request)
            asked = request.payload.data
            challenges[code] = (asked.get("code_challenge"), asked.get("code_challenge_method"))

    return AuthorizationCodeGrant


def _for_browsers(**options: Any) -> flask.Flask:  # noqa: ANN401 - what the provider was told
    made: flask.Flask = _app.app(**options)
    own = jinja2.FileSystemLoader(_PAGES)
    made.jinja_env.loader = jinja2.ChoiceLoader([own, made.create_global_jinja_loader()])
    made.after_request(_let_pages_read)
    return made


def _let_pages_read(answer: flask.Response) -> flask.Response:
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    return answer


def _kept_key(file: Path) -> RSAKey:
    """The key in `file`, made there with mode 0600 the first time."""
    if not file.exists():
        made = RSAKey.generate_key(2048, is_private=True).as_dict(is_private=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as stream:
            json.dump(made, stream)
    return RSAKey.import_key(json.loads(file.read_text("utf-8")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
