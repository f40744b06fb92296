"""Where a model is asked: one provider's address, credential and habits, as the adapters need them."""

from collections.abc import Awaitable, Callable, Mapping

import attrs
import httpx2

from llm_ls.auth.secret import Secret
from llm_ls.providers.quirks import Quirks


@attrs.frozen
class Endpoint:
    """Everything an adapter needs of a provider; nothing else is read, least of all the environment.

    Attributes:
        provider: The provider's id, the part of a model's name before the slash.
        base_url: Where the API begins, such as `http://127.0.0.1:8080/v1`; `None` is the SDK's default.
        credential: Called for each request; `None` means that the server asks for no key.
        http: Shared by all endpoints and closed by its owner.
        headers: Sent with every request.
        timeout_s: The longest silence, before the first byte and between any two.
    """

    provider: str
    base_url: str | None
    credential: Callable[[], Awaitable[Secret | None]]
    http: httpx2.AsyncClient
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    timeout_s: float = 120.0
    organization: str | None = None
    quirks: Quirks = attrs.field(factory=Quirks)
