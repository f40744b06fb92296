"""Proof Key for Code Exchange (RFC 7636), always by S256: whoever catches a code cannot use it."""

import base64
import hashlib
import secrets

from llm_ls.auth.secret import Secret

METHOD = "S256"


def new_verifier() -> Secret:
    """A verifier for one attempt; it goes to the token endpoint and nowhere else."""
    return Secret(secrets.token_urlsafe(32))


def challenge_of(verifier: Secret) -> str:
    """What the verifier's page is told of it."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
