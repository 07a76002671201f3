"""Sign webhooks as Standard Webhooks 1.0 says: HMAC-SHA256 over id, time and body; pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

from news.errors import ConfigError

_PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key in a secret such as "whsec_…"; raises ConfigError when it is no base64 or too short to protect."""
    encoded = secret.strip().removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigError("a webhook secret is not base64", hint=_HOW) from error
    if len(key) < 16:
        raise ConfigError("a webhook secret is shorter than 16 bytes", hint=_HOW)
    return key


def signatures(keys: Iterable[bytes], message_id: str, stamp: str, body: bytes) -> str:
    """One signature for every key, so that a receiver may know the old secret or the new one."""
    signed = f"{message_id}.{stamp}.".encode() + body
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys)


_HOW = (
    "make one with: python3 -c "
    "\"import base64, secrets; print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
)
