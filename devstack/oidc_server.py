"""`oidc-provider-mock` with a signing key that stays and has a name, as real issuers have.

As it comes, the provider makes a new key at every start and leaves `kid` out of its tokens.
Run as `python -m devstack.oidc_server KEY_FILE [options of oidc-provider-mock]`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from authlib.jose import RSAKey  # type: ignore[import-untyped]
from oidc_provider_mock import __main__ as provider  # type: ignore[import-untyped]
from oidc_provider_mock import _app


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

    vars(_app).update(Storage=Storage, OpenIDCode=OpenIDCode)
    provider.run(arguments)


def _kept_key(file: Path) -> RSAKey:
    """The key in `file`, made there with mode 0600 the first time."""
    if not file.exists():
        made = RSAKey.generate_key(2048, is_private=True).as_dict(is_private=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as stream:
            json.dump(made, stream)
    return RSAKey.import_key(json.loads(file.read_text("utf-8")))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
