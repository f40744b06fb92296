"""The question that has a chat model fill a gap: the file with a mark where the cursor is."""

from llm_ls.messages import user
from llm_ls.models import InfillRequest, ModelRequest
from llm_ls.prompts.editing import tagged

CURSOR = "<|cursor|>"

_SYSTEM = f"""\
You complete code as the user types it. The file holds the mark {CURSOR} where the cursor is.
Answer with exactly the text to insert there, nothing else: no explanation, no Markdown fence,
and none of the text that stands before or after the mark."""

_TEMPERATURE = 0.1


def filling(request: InfillRequest) -> ModelRequest:
    """Asks for the text between prefix and suffix."""
    others = [f"{name}:\n{tagged('other_file', text)}" for name, text in request.extra]
    file = tagged("file", f"{request.prefix}{CURSOR}{request.suffix}")
    return ModelRequest(
        messages=(user("\n\n".join([*others, file])),),
        system=_SYSTEM,
        max_tokens=request.max_tokens,
        temperature=_TEMPERATURE if request.temperature is None else request.temperature,
        reasoning="off",
    )
