"""What a vendor does in its own way, as data: a vendor is a row, never a branch."""

from typing import Literal

import attrs


@attrs.frozen
class Quirks:
    """The defaults fit the official API and most servers that imitate it.

    Attributes:
        needs_key: A request without a credential is refused.
        stream_usage: `stream_options` is accepted, and asks for the token counts.
        unpadded: `stream_options.include_obfuscation` is accepted, and saves bytes.
        max_tokens_field: The spelling of the upper bound on the answer.
        reasoning: How an amount of thinking is asked for; `none` where it cannot be.
        effort_off: The `reasoning_effort` that means none; empty leaves it to the model.
        replayed_reasoning: The field that takes an assistant turn's own thinking back; empty is none.
        json_object: `response_format: json_object` is accepted.
        json_schema: `response_format: json_schema` is accepted.
        fixed_sampling: Pattern of the model ids that refuse `temperature` and `top_p`; empty is none.
    """

    needs_key: bool = True
    stream_usage: bool = True
    unpadded: bool = False
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    reasoning: Literal["reasoning_effort", "reasoning", "none"] = "reasoning_effort"
    effort_off: str = ""
    replayed_reasoning: Literal["", "reasoning_content", "reasoning"] = ""
    json_object: bool = True
    json_schema: bool = True
    fixed_sampling: str = ""
