"""The port: what llm-ls asks of a language model, whoever makes it."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Literal, Protocol, TypeVar

import attrs

from llm_ls.messages import Message, StreamEvent

Reasoning = Literal["off", "low", "medium", "high"]
Wire = Literal["anthropic", "openai", "openai-responses", "ollama", "cohere", "replicate"]


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


@attrs.frozen
class InfillRequest:
    """The text around a gap that a model should fill.

    Attributes:
        extra: Other files that help, as `(file name, text)`, the least relevant first.
        temperature: From 0; `None` leaves it to the adapter, which keeps it low.
        name: The file as the model should call it; may be empty.
    """

    prefix: str
    suffix: str
    extra: tuple[tuple[str, str], ...] = ()
    max_tokens: int = 128
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    name: str = ""


RequestT = TypeVar("RequestT", ModelRequest, InfillRequest)
Request_contra = TypeVar("Request_contra", ModelRequest, InfillRequest, contravariant=True)


class Answering(Protocol[Request_contra]):
    """What answers a kind of request."""

    @property
    def name(self) -> str:
        """`provider/model`, as the user writes it."""
        ...

    def stream(self, request: Request_contra, /) -> AsyncGenerator[StreamEvent]:
        """Yield the answer as it arrives, ending with exactly one `MessageEnd`.

        Closing the generator, or cancelling its consumer, drops the vendor connection.

        Raises:
            ProviderError: The vendor refused, failed, or cut the answer off.
        """
        ...


Model = Answering[ModelRequest]
InfillModel = Answering[InfillRequest]
"""Its answer is what belongs between prefix and suffix."""


@attrs.frozen
class TokenCount:
    """How long a request is, in the model's own tokens; `exact` if the vendor counted them."""

    tokens: int
    exact: bool


@attrs.frozen
class Capabilities:
    tools: bool = False
    vision: bool = False
    reasoning: bool = False
    json: bool = False
    fim: bool = False

    @property
    def maybe_tools(self) -> bool:
        """Whether tools are worth offering: of many models, such as local ones, nobody says what they can."""
        return self.tools or not (self.vision or self.reasoning or self.json)


@attrs.frozen
class Cost:
    """US dollars per million tokens.

    Attributes:
        cache_read_per_m_tok: Of the part of the prompt that came from the vendor's cache; `None`: as other input.
        cache_write_per_m_tok: Of the part of the prompt that was put there; `None`: as other input.
        long_prompt_tokens: A prompt longer than this makes the whole request dearer; `None`: none does.
        long_input_factor: How many times as dear its prompt is then; `None`: as ever.
        long_output_factor: Likewise its answer.
    """

    input_per_m_tok: float
    output_per_m_tok: float
    cache_read_per_m_tok: float | None = None
    cache_write_per_m_tok: float | None = None
    long_prompt_tokens: int | None = None
    long_input_factor: float | None = None
    long_output_factor: float | None = None


@attrs.frozen
class ModelInfo:
    """What is known of a model.

    Attributes:
        id: `provider/model`.
        context_window: Tokens it can read and write together; `None` is unknown.
        max_output_tokens: Tokens it can write in one answer; `None` is unknown.
        cost: `None` is unknown.
        successor: `provider/model` to use instead of one that is deprecated, where that is known.
        wire: The wire format it is asked in, where its provider says so of each model.
    """

    id: str
    name: str
    provider: str
    context_window: int | None = None
    max_output_tokens: int | None = None
    capabilities: Capabilities = Capabilities()
    cost: Cost | None = None
    deprecated: bool = False
    successor: str | None = None
    wire: Wire | None = None
