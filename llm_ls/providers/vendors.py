"""The table of providers: a vendor is a row of data, and a new OpenAI-compatible one adds a row and no code."""

from collections.abc import Mapping
from typing import Literal

import attrs

from llm_ls.providers.quirks import Quirks

Place = Literal["remote", "nearby", "file"]
"""Where its models run: at a vendor, in a server that the user runs, or from a file that we serve ourselves."""


@attrs.frozen
class Tiers:
    """The model id that stands for each tier."""

    fast: str
    mid: str
    best: str


@attrs.frozen
class Vendor:
    """What is known of a provider without asking anybody.

    Attributes:
        id: The part of a model's name before the slash; also the setting `kind`.
        wire: The wire format it speaks.
        base_url: Where its API begins; empty for a file.
        key_names: Environment variables that may hold its key, the first found counts.
        address_names: Environment variables for its address, beside `<PROVIDER>_BASE_URL`.
        port: What its address goes without where only a host is given.
        fills: Whether it has llama.cpp's `/infill`.
        site_header: The header that takes the setting `siteUrl`; empty is none.
        app_header: The header that takes the setting `appName`; empty is none.
        tiers: `None` where the user's own installation decides.
    """

    id: str
    name: str
    wire: Literal["anthropic", "openai"]
    place: Place
    base_url: str = ""
    key_names: tuple[str, ...] = ()
    address_names: tuple[str, ...] = ()
    port: int | None = None
    quirks: Quirks = attrs.field(factory=Quirks)
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    fills: bool = False
    site_header: str = ""
    app_header: str = ""
    tiers: Tiers | None = None


_KEYLESS = Quirks(needs_key=False)

# Claude refuses sampling parameters since Opus 4.7 and Sonnet 5, GPT since 5 (the vendors' migration guides, 2026).
_CLAUDE_FIXED = r"claude-(?:fable|mythos)-|claude-(?:opus|sonnet|haiku)-(?:[5-9]|4-[7-9])"
_GPT_FIXED = r"(?:^|/)(?:o\d|gpt-[5-9])"

_ROWS = (
    Vendor(
        id="anthropic",
        name="Anthropic",
        wire="anthropic",
        place="remote",
        base_url="https://api.anthropic.com",
        key_names=("ANTHROPIC_API_KEY",),
        quirks=Quirks(fixed_sampling=_CLAUDE_FIXED),
        tiers=Tiers("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"),
    ),
    Vendor(
        id="openai",
        name="OpenAI",
        wire="openai",
        place="remote",
        base_url="https://api.openai.com/v1",
        key_names=("OPENAI_API_KEY",),
        quirks=Quirks(unpadded=True, max_tokens_field="max_completion_tokens", fixed_sampling=_GPT_FIXED),
        tiers=Tiers("gpt-6-luna", "gpt-6.1-terra", "gpt-6.1-sol"),
    ),
    Vendor(
        id="openrouter",
        name="OpenRouter",
        wire="openai",
        place="remote",
        base_url="https://openrouter.ai/api/v1",
        key_names=("OPENROUTER_API_KEY",),
        quirks=Quirks(reasoning="reasoning", replayed_reasoning="reasoning"),
        site_header="HTTP-Referer",
        app_header="X-Title",
        tiers=Tiers("anthropic/claude-haiku-5.5", "anthropic/claude-sonnet-5.5", "anthropic/claude-opus-5.5"),
    ),
    Vendor(
        id="ollama",
        name="Ollama",
        wire="openai",
        place="nearby",
        base_url="http://127.0.0.1:11434/v1",
        key_names=("OLLAMA_API_KEY",),
        address_names=("OLLAMA_HOST",),
        port=11434,
        quirks=_KEYLESS,
    ),
    Vendor(
        id="lmstudio",
        name="LM Studio",
        wire="openai",
        place="nearby",
        base_url="http://127.0.0.1:1234/v1",
        key_names=("LMSTUDIO_API_KEY", "LM_API_TOKEN"),
        port=1234,
        quirks=Quirks(needs_key=False, json_object=False),
    ),
    Vendor(
        id="vllm",
        name="vLLM",
        wire="openai",
        place="nearby",
        base_url="http://127.0.0.1:8000/v1",
        key_names=("VLLM_API_KEY",),
        port=8000,
        quirks=_KEYLESS,
    ),
    Vendor(
        id="llamacpp",
        name="llama.cpp",
        wire="openai",
        place="nearby",
        base_url="http://127.0.0.1:8080/v1",
        key_names=("LLAMACPP_API_KEY", "LLAMA_API_KEY"),
        port=8080,
        quirks=_KEYLESS,
        fills=True,
    ),
    Vendor(id="local", name="Local GGUF", wire="openai", place="file", quirks=_KEYLESS, fills=True),
)

VENDORS: Mapping[str, Vendor] = {row.id: row for row in _ROWS}
"""By id, the ones to prefer first."""
