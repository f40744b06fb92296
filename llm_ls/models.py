"""The port: what llm-ls asks of a language model, whoever makes it."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Literal, Protocol

import attrs

from llm_ls.messages import Message, StreamEvent

Reasoning = Literal["off", "low", "medium", "high"]


@attrs.frozen
class ToolDefinition:
    """A tool the model may call; `input_schema` is a JSON schema of an object."""

    name: str
    description: str
    input_schema: Mapping[str, Any]


@attrs.frozen
class ResponseFormat:
    """`json` asks for any JSON object; a `schema` asks for one of that shape."""

    type: Literal["text", "json", "json_schema"] = "text"
    schema: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen
class ModelRequest:
    """One question to a model.

    Attributes:
        messages: Oldest first, starting and ending with a `user` message.
        system: Instructions that precede the conversation; may be empty.
        max_tokens: Upper bound on the answer, in the model's own tokens; `None` leaves it to the provider.
        temperature: From 0; `None` leaves it to the model.
        stop: Texts that end the answer and are not part of it.
    """

    messages: tuple[Message, ...]
    system: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    reasoning: Reasoning | None = None
    response_format: ResponseFormat = ResponseFormat()


class Model(Protocol):
    @property
    def name(self) -> str:
        """`provider/model`, as the user writes it."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[StreamEvent]:
        """Yield the answer as it arrives, ending with exactly one `MessageEnd`.

        Closing the generator, or cancelling its consumer, drops the vendor connection.

        Raises:
            ProviderError: The vendor refused, failed, or cut the answer off.
        """
        ...


@attrs.frozen
class InfillRequest:
    """The text around a gap that a model should fill.

    Attributes:
        extra: Other files that help, as `(file name, text)`, the least relevant first.
    """

    prefix: str
    suffix: str
    extra: tuple[tuple[str, str], ...] = ()
    max_tokens: int = 128
    stop: tuple[str, ...] = ()


class InfillModel(Protocol):
    @property
    def name(self) -> str:
        """`provider/model`, as the user writes it."""
        ...

    def infill(self, request: InfillRequest) -> AsyncGenerator[StreamEvent]:
        """Yield what belongs between prefix and suffix, as `Model.stream` yields an answer."""
        ...


@attrs.frozen
class Capabilities:
    tools: bool = False
    vision: bool = False
    reasoning: bool = False
    json: bool = False
    fim: bool = False


@attrs.frozen
class Cost:
    """US dollars per million tokens."""

    input_per_m_tok: float
    output_per_m_tok: float


@attrs.frozen
class ModelInfo:
    """What is known of a model.

    Attributes:
        id: `provider/model`.
        context_window: Tokens it can read and write together; `None` is unknown.
        max_output_tokens: Tokens it can write in one answer; `None` is unknown.
        cost: `None` is unknown.
    """

    id: str
    name: str
    provider: str
    context_window: int | None = None
    max_output_tokens: int | None = None
    capabilities: Capabilities = Capabilities()
    cost: Cost | None = None
    deprecated: bool = False
