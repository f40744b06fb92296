"""Proof keys are as RFC 7636 has them."""

import re

from llm_ls.auth import pkce
from llm_ls.auth.secret import Secret


def test_vector_of_the_standard() -> None:
    verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")  # appendix B

    assert pkce.challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_each_verifier_is_new_and_of_the_form_that_is_allowed() -> None:
    made = {pkce.new_verifier().reveal() for _ in range(100)}

    assert len(made) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier) for verifier in made)
