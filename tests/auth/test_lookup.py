"""What is saved goes where it belongs, whatever the settings say by now."""

import pytest

from llm_ls.auth.entries import Saved
from llm_ls.providers import configured
from llm_ls.settings import ProviderSettings, Settings

COPILOT = "https://api.githubcopilot.com"
OCTOCORP = "https://copilot-api.octocorp.ghe.com"


@pytest.mark.parametrize(
    ("provider", "settings", "details", "taken"),
    [
        ("openai", ProviderSettings(), {"audience": "https://gateway.test/v1"}, False),
        ("openai", ProviderSettings(), {"audience": "https://api.openai.com/v1"}, True),
        ("openai", ProviderSettings(base_url="https://gateway.test/v1"), {"audience": "https://gateway.test/v2"}, True),
        ("azure", ProviderSettings(base_url="https://b.openai.azure.com"), {"audience": "https://a.test"}, False),
        (
            "azure",
            ProviderSettings(base_url="https://b.openai.azure.com"),
            {"audience": "https://a.openai.azure.com"},
            True,
        ),
        ("azure", ProviderSettings(base_url="https://b.openai.azure.com"), {}, True),
        ("github-copilot", ProviderSettings(), {"audience": COPILOT, "domain": "github.com"}, True),
        ("github-copilot", ProviderSettings(), {"audience": OCTOCORP, "domain": "octocorp.ghe.com"}, False),
        (
            "github-copilot",
            ProviderSettings(domain="octocorp.ghe.com"),
            {"audience": OCTOCORP, "domain": "octocorp.ghe.com"},
            True,
        ),
        (
            "github-copilot",
            ProviderSettings(domain="octocorp.ghe.com"),
            {"audience": COPILOT, "domain": "github.com"},
            False,
        ),
        (
            "github-copilot",
            ProviderSettings(base_url="https://proxy.test"),
            {"audience": "https://proxy.test", "domain": "octocorp.ghe.com"},
            False,
        ),
    ],
)
def test_sign_in_counts_only_for_the_api_and_the_github_it_is_for(
    provider: str, settings: ProviderSettings, details: dict[str, str], taken: bool
) -> None:
    lookup = configured.providers(Settings(providers={provider: settings}), {})[provider].lookup

    assert lookup.takes(Saved(provider, "ada", "oauth", "file", details=details)) == taken
