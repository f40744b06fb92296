"""What a row of the table of providers says."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

from llm_ls.models import ModelRequest, Wire
from llm_ls.providers.quirks import Quirks

Place = Literal["remote", "nearby", "file"]
"""Where its models run: at a vendor, in a server that the user runs, or from a file that we serve ourselves."""

RawWire = Literal["completions", "generate"]
"""How a prompt goes to a model as it is: by OpenAI's `/completions`, by Ollama's `/api/generate`."""

FillWire = Literal["llamacpp", "openai", "mistral", "ollama"] | RawWire
"""How a gap is filled: llama.cpp's `/infill`, OpenAI's `/completions` with a suffix, Mistral's `/fim/completions`,
Ollama's `/api/generate` with a suffix; or by a prompt in the tokens of the model's family.
"""

KeyHeader = Literal["authorization", "api-key"]
"""The header that takes a key: as a bearer's token, or by itself."""


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
        wires: Which of its models, by a pattern of their ids, speak another one; the first that fits counts.
        base_url: Where its API begins; empty for a file, and where each user has an address of their own.
        hosts: The hosts, by how their names end, that are its own beside that of `base_url`.
        surface: How its address is made of what the settings and the environment say; empty takes it as it is given.
        imitated: Whether others speak its wire under its kind, who may not know all of it.
        key_names: Environment variables that may hold its key, the first found counts.
        signs_in: Whether its users sign in, rather than have a key.
        by_plan: Whether a plan pays for what is asked, and not each question.
        google: Whether Google's application default credentials are its own.
        address_names: Environment variables for its address, beside `<PROVIDER>_BASE_URL`.
        port: What its address goes without where only a host is given.
        path: Likewise where no path is given.
        fills: How its models fill in the middle; `None` if it has no way of its own for that.
        fill_models: Which of its models can, by a pattern of their ids; empty is all, `None` leaves it to its list.
        fill_url: Where its API for that begins, if not at `base_url`.
        filler: The model to fill with where the user has chosen another one of its models, for talking.
        raw: How a prompt in the tokens of the model's family gets there; `None` if it does not.
        raw_body: Members of the body of such a prompt.
        key_header: The header that takes the key.
        headers: Sent with every request.
        request_headers: Those that depend on what is asked.
        body: Members of the body of every question.
        lists: Whether it lists the models that can be asked.
        lists_wires: Whether its list says the wire format of each.
        list_prefix: What its list writes before each model id.
        built_in: Whether it is a provider by itself, and not only a kind for providers of the user's.
        site_header: The header that takes the setting `siteUrl`; empty is none.
        app_header: The header that takes the setting `appName`; empty is none.
        fetch_command: Fetches a model that is not there, its id to follow; empty is none.
        tiers: `None` where the user's own installation decides.
    """

    id: str
    name: str
    wire: Wire
    place: Place
    wires: tuple[tuple[str, Wire], ...] = ()
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    surface: Literal["", "azure", "vertex", "copilot"] = ""
    imitated: bool = False
    key_names: tuple[str, ...] = ()
    signs_in: bool = False
    by_plan: bool = False
    google: bool = False
    address_names: tuple[str, ...] = ()
    port: int | None = None
    path: str = "/v1"
    quirks: Quirks = attrs.field(factory=Quirks)
    key_header: KeyHeader = "authorization"
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    request_headers: Callable[[ModelRequest], Mapping[str, str]] | None = None
    body: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    lists: bool = True
    lists_wires: bool = False
    list_prefix: str = ""
    fills: FillWire | None = None
    fill_models: str | None = ""
    fill_url: str = ""
    filler: str = ""
    raw: RawWire | None = None
    raw_body: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    built_in: bool = True
    site_header: str = ""
    app_header: str = ""
    fetch_command: str = ""
    tiers: Tiers | None = None
