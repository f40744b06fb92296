"""Profiles of Anthropic's command line: which one counts, and what makes one unfit."""

from pathlib import Path

import pytest

from llm_ls.auth import anthropic_profiles
from tests.auth.profiles import Profiles
from tests.rigs.vendor import LoopbackVendor


@pytest.fixture
def profiles(tmp_path: Path, vendor: LoopbackVendor) -> Profiles:
    folder = tmp_path / "anthropic"
    folder.mkdir()
    return Profiles(folder, vendor)


def test_counts_the_profile_that_the_environment_names_then_the_active_then_the_default(profiles: Profiles) -> None:
    for name in ("default", "work", "play"):
        profiles.settings(name)
        profiles.tokens(name)
    by_default = profiles.active()
    (profiles.folder / "active_config").write_text("work\n")
    by_pointer = profiles.active()
    by_name = profiles.active(ANTHROPIC_PROFILE="play")

    assert [profile and profile.name for profile in (by_default, by_pointer, by_name)] == ["default", "work", "play"]


def test_says_where_its_parts_are(profiles: Profiles, vendor: LoopbackVendor) -> None:
    settings, kept = profiles.settings(workspace_id="wrkspc_1"), profiles.tokens()

    assert profiles.active() == anthropic_profiles.Profile("default", settings, kept, vendor.url, "c1", "wrkspc_1")


def test_looks_in_the_home_where_nothing_else_is_said(tmp_path: Path, vendor: LoopbackVendor) -> None:
    folder = tmp_path / ".config" / "anthropic"
    folder.mkdir(parents=True)
    there = Profiles(folder, vendor)
    settings = there.settings()
    there.tokens()
    found = anthropic_profiles.active({"HOME": str(tmp_path)})

    assert found is not None
    assert found.settings == settings


def test_a_default_that_nobody_has_signed_in_to_counts_for_nothing(profiles: Profiles) -> None:
    assert profiles.active() is None
    profiles.settings()

    assert profiles.active() is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"authentication": []}',
        '{"authentication": {"type": "saml"}}',
        '{"authentication": {"type": "user_oauth"}, "base_url": "http://api.example.org"}',
        '{"authentication": {"type": "user_oauth", "credentials_path": "tokens.json"}}',
        '{"authentication": {"type": "user_oauth"}, "workspace_id": "a\\r\\nb"}',
        '{"authentication": {"type": "oidc_federation"}}',
    ],
)
def test_settings_of_the_wrong_shape_are_named_if_somebody_wants_them(profiles: Profiles, content: str) -> None:
    profiles.written(profiles.folder / "configs" / "default.json", content, 0o644)
    profiles.tokens()

    assert profiles.active() is None
    assert profiles.unfit(ANTHROPIC_PROFILE="default")


def test_profile_that_is_named_and_missing_is_said_to_be(profiles: Profiles) -> None:
    assert profiles.unfit(ANTHROPIC_PROFILE="work") == (
        f"there is no profile 'work': {profiles.folder / 'configs' / 'work.json'} is missing; run `ant auth login`"
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", ".hidden", "a\\b", "a\x00b", "c:d"])
def test_name_leads_out_of_no_folder(profiles: Profiles, name: str) -> None:
    assert "is no name of a profile" in profiles.unfit(ANTHROPIC_PROFILE=name)


def test_settings_that_others_may_change_are_refused_even_by_default(profiles: Profiles) -> None:
    file = profiles.settings()
    profiles.tokens()
    file.chmod(0o664)

    assert profiles.unfit() == f"{file} can be changed by others; run `chmod go-w {file}`"


def test_workload_of_the_environment_counts_before_a_profile_that_nobody_names(profiles: Profiles) -> None:
    profiles.settings()
    profiles.tokens()
    said = {"ANTHROPIC_FEDERATION_RULE_ID": "fdrl_1", "ANTHROPIC_ORGANIZATION_ID": "o2"}
    of_environment = profiles.active(**said, ANTHROPIC_IDENTITY_TOKEN="eyJ.i.d")
    named = profiles.active(**said, ANTHROPIC_IDENTITY_TOKEN="eyJ.i.d", ANTHROPIC_PROFILE="default")
    without_identity = profiles.active(**said)

    assert of_environment == anthropic_profiles.Profile(
        "", None, None, federation=anthropic_profiles.Federation("fdrl_1", "o2", "", "", None)
    )
    assert [profile and profile.name for profile in (named, without_identity)] == ["default", "default"]
