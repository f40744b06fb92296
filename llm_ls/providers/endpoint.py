"""Where a model is asked: one provider's address, credential and habits, as the adapters need them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs
import httpx2

from llm_ls.auth.grant import Grant
from llm_ls.models import ModelRequest
from llm_ls.providers.quirks import Quirks
from llm_ls.providers.vendor import KeyHeader


@attrs.frozen
class Endpoint:
    """Everything an adapter needs of a provider; nothing else is read, least of all the environment.

    Attributes:
        provider: The provider's id, the part of a model's name before the slash.
        base_url: Where the API begins, such as `http://127.0.0.1:8080/v1`; `None` is the SDK's default.
        credential: Called for each request; `None` means that the server asks for no key.
        http: Shared by all endpoints and closed by its owner.
        headers: Sent with every request.
        request_headers: Those that depend on what is asked.
        query: Added to the address of every request.
        key_header: The header that takes the key.
        extra_body: Members added to every body, which count more than its own.
        timeout_s: The longest silence within an answer.
        first_byte_timeout_s: The longest wait for its beginning; `None` is `timeout_s`.
        connect_timeout_s: The longest wait for a connection.
    """

    provider: str
    base_url: str | None
    credential: Callable[[], Awaitable[Grant | None]]
    http: httpx2.AsyncClient
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    request_headers: Callable[[ModelRequest], Mapping[str, str]] | None = None
    query: Mapping[str, str] = attrs.field(factory=dict[str, str])
    key_header: KeyHeader = "authorization"
    extra_body: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    timeout_s: float = 120.0
    first_byte_timeout_s: float | None = None
    connect_timeout_s: float = 5.0
    organization: str | None = None
    quirks: Quirks = attrs.field(factory=Quirks)
