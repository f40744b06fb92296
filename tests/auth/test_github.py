"""Where a GitHub has what, an enterprise's own included, and where what it gave out may be sent."""

import pytest

from llm_ls import errors
from llm_ls.auth import github
from llm_ls.auth.github import Endpoints


@pytest.mark.parametrize("domain", ["", "github.com", "https://github.com/", "GitHub.com", " www.github.com "])
def test_is_github_itself_unless_told_otherwise(domain: str) -> None:
    assert github.endpoints(domain) == Endpoints(
        device_url="https://github.com/login/device/code",
        token_url="https://github.com/login/oauth/access_token",
        exchange_url="https://api.github.com/copilot_internal/v2/token",
        user_url="https://api.github.com/user",
        base_url="https://api.githubcopilot.com",
        host="github.com",
    )


@pytest.mark.parametrize("domain", ["octocorp.ghe.com", "https://octocorp.ghe.com/", "http://OctoCorp.GHE.com"])
def test_enterprise_has_hosts_of_its_own(domain: str) -> None:
    assert github.endpoints(domain) == Endpoints(
        device_url="https://octocorp.ghe.com/login/device/code",
        token_url="https://octocorp.ghe.com/login/oauth/access_token",
        exchange_url="https://api.octocorp.ghe.com/copilot_internal/v2/token",
        user_url="https://api.octocorp.ghe.com/user",
        base_url="https://copilot-api.octocorp.ghe.com",
        host="octocorp.ghe.com",
    )


def test_address_on_this_machine_stands_for_all() -> None:
    assert github.endpoints("http://127.0.0.1:8080/") == Endpoints(
        device_url="http://127.0.0.1:8080/login/device/code",
        token_url="http://127.0.0.1:8080/login/oauth/access_token",
        exchange_url="http://127.0.0.1:8080/copilot_internal/v2/token",
        user_url="http://127.0.0.1:8080/user",
        base_url="http://127.0.0.1:8080",
        host="127.0.0.1",
    )


@pytest.mark.parametrize("domain", ["", "octocorp.ghe.com", "http://127.0.0.1:8080"])
def test_knows_the_domain_by_an_address(domain: str) -> None:
    assert github.endpoints(github.domain_of(github.endpoints(domain).device_url)) == github.endpoints(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "localhost",
        "https://github.com/enterprises/octocorp",
        "octocorp.ghe.com:8443",
        "user@octocorp.ghe.com",
        "http://127.0.0.1:8080/path",
        "http://user@127.0.0.1:8080",
        "http://[::1",
        "octocorp.ghe.com\\.evil.example",
        "octo corp.ghe.com",
        "-octocorp.ghe.com",
        "öctocorp.ghe.com",
        "https://",
        "octocorp..com",
        f"{'x' * 64}.com",
    ],
)
def test_refuses_what_is_no_host(domain: str) -> None:
    with pytest.raises(errors.SettingsInvalid, match="no host"):
        github.endpoints(domain)


@pytest.mark.parametrize(
    ("domain", "url", "copilot", "own"),
    [
        ("", "https://api.githubcopilot.com", True, True),
        ("", "https://api.business.githubcopilot.com", True, True),
        ("", "https://proxy.individual.githubcopilot.com:443/x", True, True),
        ("", "https://api.github.com/copilot_internal/v2/token", False, True),
        ("", "https://octocorp.ghe.com", False, False),
        ("", "http://api.githubcopilot.com", False, False),
        ("", "https://api.githubcopilot.com:8443", False, False),
        ("", "https://api.githubcopilot.com.evil.example", False, False),
        ("", "https://evilgithubcopilot.com", False, False),
        ("", "https://api.githubcopilot.com@evil.example", False, False),
        ("", "https://evil.example\\.githubcopilot.com", False, False),
        ("", "https://evil.example/.githubcopilot.com", False, False),
        ("", "http://127.0.0.1:8080", False, False),
        ("", "https://[::1", False, False),
        ("", "https://api.githubcopilot.com:x", False, False),
        ("", "", False, False),
        ("octocorp.ghe.com", "https://copilot-api.octocorp.ghe.com", True, True),
        ("octocorp.ghe.com", "https://octocorp.ghe.com", True, True),
        ("octocorp.ghe.com", "https://api.enterprise.githubcopilot.com", True, True),
        ("octocorp.ghe.com", "https://api.github.com", False, False),
        ("octocorp.ghe.com", "https://other.ghe.com", False, False),
        ("octocorp.ghe.com", "https://evil-octocorp.ghe.com", False, False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9090", True, True),
        ("http://127.0.0.1:8080", "https://evil.example", False, False),
        ("http://127.0.0.1:8080", "http://evil.example", False, False),
    ],
)
def test_sends_nothing_to_strangers(domain: str, url: str, copilot: bool, own: bool) -> None:
    endpoints = github.endpoints(domain)

    assert (endpoints.is_copilot(url), endpoints.is_github(url)) == (copilot, own)
