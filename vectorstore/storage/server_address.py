"""Where a record is that a Chroma server keeps."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from vectorstore.errors import InputError

DEFAULT_TENANT = "default_tenant"
DEFAULT_DATABASE = "default_database"
ADDRESS = (
    "a Chroma server's address without a name, a password or a question mark, such as http://127.0.0.1:8000 "
    "(a token belongs in ARXIVQA_CHROMA_TOKEN)"
)
TOKEN = "a token of printable characters without spaces"
NAME = "a name of letters, digits, dots, hyphens and underscores"

_CLOUD = "trychroma.com"
_CLOUD_MOST = 300  # docs.trychroma.com/cloud/quotas-limits


def is_address(text: str) -> bool:
    """Whether a text is the address of a server, without anything secret in it."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # which raises for what is none
    except ValueError:
        return False
    plain = not re.search(r"[\s\x00-\x1f\x7f?#\\]", text) and "@" not in parts.netloc
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def is_token(text: str) -> bool:
    """Whether a text can stand in a header."""
    return bool(re.fullmatch(r"[\x21-\x7e]+", text))


def is_name(text: str) -> bool:
    """Whether a text can be a tenant's or a database's name; it becomes part of an address."""
    return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", text))


@dataclass(frozen=True, slots=True)
class Server:
    """Where on a Chroma server the record is.

    >>> print(Server("http://127.0.0.1:8000", token="secret"))
    http://127.0.0.1:8000
    >>> print(Server("https://api.trychroma.com", tenant="group", database="papers"))
    https://api.trychroma.com (tenant group, database papers)

    Attributes:
        url: its address, http or https.
        token: what is sent as `x-chroma-token` with each request; shown nowhere.
        tenant, database: where on the server.
        most: how many records it takes or gives at once; None for as many as there are. 300 on Chroma Cloud.

    Raises:
        InputError: when one of them cannot be used.
    """

    url: str
    token: str | None = field(default=None, repr=False)
    tenant: str = DEFAULT_TENANT
    database: str = DEFAULT_DATABASE
    most: int | None = None

    def __post_init__(self) -> None:
        if not is_address(self.url):  # not shown: a password may stand in it
            raise InputError(f"That is no address of a Chroma server. Allowed: {ADDRESS}.")
        if self.token is not None and not is_token(self.token):
            raise InputError(f"That is no token for the Chroma server {self.url}. Allowed: {TOKEN}.")
        for what, name in (("tenant", self.tenant), ("database", self.database)):
            if not is_name(name):
                raise InputError(f"{name!r} is no {what} of a Chroma server. Allowed: {NAME}.")
        object.__setattr__(self, "url", self.url.rstrip("/"))
        if self.most is None and f".{urlsplit(self.url).hostname}".endswith(f".{_CLOUD}"):
            object.__setattr__(self, "most", _CLOUD_MOST)

    def __str__(self) -> str:
        usual = (self.tenant, self.database) == (DEFAULT_TENANT, DEFAULT_DATABASE)
        return self.url if usual else f"{self.url} (tenant {self.tenant}, database {self.database})"

    @property
    def key(self) -> str:
        """A short name for what is derived from its record, the same for the same place and without the token."""
        return hashlib.sha256("\n".join((self.url, self.tenant, self.database)).encode()).hexdigest()[:12]
