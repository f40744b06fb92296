"""Real inference that says what a test prepared, as the server's default model."""

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path

from llm_ls.cli import demo_model
from tests.rigs.llamacpp import llama_cpp


@contextlib.contextmanager
def prepared_model(folder: Path, answers: Mapping[str, str], *, fill: str = "") -> Generator[dict[str, str]]:
    """llama.cpp with a model of these `answers`; the environment that makes it the default, `llamacpp/tiny`.

    Args:
        folder: Where the model is written.
        answers: As of `demo_model.write`.
        fill: What it says belongs into every gap; empty makes a model that cannot fill.
    """
    gguf = folder / "tiny.gguf"
    demo_model.write(gguf, answers, fill)
    with llama_cpp(gguf) as url:
        yield {"LLAMACPP_BASE_URL": f"{url}/v1", "LLM_LS_MODEL": "llamacpp/tiny"}
