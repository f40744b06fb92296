"""What a request is sent with: a secret, and what goes with it where whoever gave it says so."""

from collections.abc import Mapping

import attrs

from llm_ls.auth.secret import Secret


@attrs.frozen
class Grant:
    """A credential, ready to be sent.

    Attributes:
        base_url: Where the API is that takes it; empty is where the provider is anyway.
        headers: Sent beside it.
    """

    secret: Secret
    base_url: str = ""
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
