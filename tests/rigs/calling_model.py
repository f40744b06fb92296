"""llama.cpp with a model that calls tools as a test prepared: real inference, its own grammar and its own parsing."""

import contextlib
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from llm_ls.cli import demo_model
from tests.rigs.llamacpp import llama_cpp

_CALLS = (
    '{% for c in m.tool_calls or [] %}{{ \'\n<tool_call>\n{"name": "\' + c.function.name + \'", "arguments": \' '
    "+ (c.function.arguments | tojson) + '}\n</tool_call>' }}{% endfor %}"
)
_TOOLS = (
    "{% if tools %}{{ '<|im_start|>system\n<tools>' }}{% for t in tools %}{{ t | tojson }}{% endfor %}"
    "{{ '</tools><|im_end|>\n' }}{% endif %}"
)


def call(tool: str, **arguments: Any) -> str:
    """The answer that calls `tool`, in the form of Hermes models, which llama.cpp reads."""
    return f"<tool_call>\n{json.dumps({'name': tool, 'arguments': arguments})}\n</tool_call>"


@contextlib.contextmanager
def calling_model(folder: Path, answers: Mapping[str, str], *, context: int = 32_768) -> Generator[dict[str, str]]:
    """llama.cpp with a model of these `answers`; the environment that makes it the default, `llamacpp/tiny`.

    Args:
        folder: Where the model is written.
        answers: What to say, or a `call`, by a text that occurs in the conversation, results of tools included. The
            first that occurs decides, so what is said last comes first.
    """
    gguf = folder / "calling.gguf"
    demo_model.write(gguf, answers, "")
    with llama_cpp(gguf, context=context, template=_template(answers)) as url:
        yield {"LLAMACPP_BASE_URL": f"{url}/v1", "LLM_LS_MODEL": "llamacpp/tiny"}


def _template(answers: Mapping[str, str]) -> str:
    """ChatML with tools and calls, and after it the token that starts the answer, which `demo_model` numbers so."""
    text = "(m.content or '')"
    turn = "{{ '<|im_start|>' + m.role + '\n' + " + text + " }}" + _CALLS + "{{ '<|im_end|>\n' }}"
    choices = "".join(
        f"{{% elif {json.dumps(marker)} in said.text %}}{{{{ '<|start_{number}|>' }}}}"
        for number, marker in enumerate(answers)
    )
    return (
        f"{_TOOLS}{{% set said = namespace(text='') %}}"
        f"{{% for m in messages %}}{{% set said.text = said.text + {text} %}}{turn}{{% endfor %}}"
        f"{{% if not add_generation_prompt %}}{choices}{{% endif %}}"
    )
