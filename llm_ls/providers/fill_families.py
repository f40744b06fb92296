"""Families of models that fill a gap between tokens of their own: a family is a row of data.

Their makers' pages, as of November 2026. The first row that fits a model's id counts. What a row does not say stays
unused: general models know some of these tokens, but nobody says that they were taught what to do with them.
"""

import re

import attrs

from llm_ls.models import InfillRequest
from llm_ls.providers.comments import commented

_PROJECT = "project"  # nobody tells a provider what the user's project is called
_UNNAMED = "untitled"
_MOST_STOPS = 4  # as many as OpenAI takes, and so do those who imitate it


@attrs.frozen
class Family:
    """How a family is asked.

    Attributes:
        models: A pattern of their ids, in lower case.
        gap: The whole prompt, with `{prefix}` and `{suffix}`.
        project: The whole prompt where there are other files, with `{files}` and the file's own `{name}` too.
        file: One of these files, with `{name}` and `{text}`.
        within: In place of `project`: what `{prefix}` becomes where there are other files, all of it plain text.
        stop: What a model may write when it has filled the gap.
    """

    models: str
    gap: str
    project: str = ""
    file: str = ""
    within: str = ""
    stop: tuple[str, ...] = ()

    def prompt(self, request: InfillRequest) -> str:
        """The whole gap in the family's tokens. None of them can come from the user's text."""
        request = self.tamed(request)
        if not (request.extra and self.project):
            return self.gap.format(prefix=prefix_of(request, self), suffix=request.suffix)
        return self.project.format(
            project=_PROJECT,
            files=self._files(request),
            name=request.name or _UNNAMED,
            prefix=request.prefix,
            suffix=request.suffix,
        )

    def stops(self, request: InfillRequest) -> list[str]:
        """What ends the answer: first what was asked for."""
        return [*request.stop, *self.stop][:_MOST_STOPS]

    def tamed(self, request: InfillRequest) -> InfillRequest:
        """`request` with a space in every token that its texts hold: a server reads tokens wherever they stand."""
        own = {*self.stop, *_TOKEN.findall(self.gap + self.project + self.file)}
        tokens = re.compile("|".join((_CONTROL, *map(re.escape, sorted(own)))))

        def tame(text: str) -> str:
            return tokens.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

        return attrs.evolve(
            request,
            prefix=tame(request.prefix),
            suffix=tame(request.suffix),
            extra=tuple((tame(name), tame(text)) for name, text in request.extra),
            name=tame(request.name),
        )

    def headed(self, request: InfillRequest) -> str:
        """The prefix with the other files at its head, as `within` has it."""
        name = request.name or _UNNAMED
        return self.within.format(files=self._files(request), name=name, prefix=request.prefix)

    def _files(self, request: InfillRequest) -> str:
        return "".join(self.file.format(name=name, text=text.rstrip("\n")) for name, text in request.extra)


_TOKEN = re.compile(r"<[^<>{}\s]+>|\[[A-Z]+\]")
_CONTROL = r"<[|｜][^\s<>|｜]{1,40}[|｜]>|</?s>"
"""What is a token for most tokenizers."""

_QWEN = "<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>"
_BIGCODE = "<fim_prefix>{prefix}<fim_suffix>{suffix}<fim_middle>"

FAMILIES = (
    Family(  # https://github.com/QwenLM/Qwen2.5-Coder, https://arxiv.org/abs/2409.12186 (figure 4)
        models=r"qwen[\w.]*-?coder",
        gap=_QWEN,
        project="<|repo_name|>{project}\n{files}<|file_sep|>{name}\n" + _QWEN,
        file="<|file_sep|>{name}\n{text}\n",
        stop=("<|endoftext|>", "<|file_sep|>", "<|fim_pad|>"),
    ),
    Family(
        models=r"codeqwen", gap=_BIGCODE, stop=("<|endoftext|>", "<file_sep>")
    ),  # https://github.com/QwenLM/CodeQwen1.5
    Family(  # https://arxiv.org/abs/2402.19173 (5.1)
        models=r"star-?coder-?2",
        gap=_BIGCODE,
        project=("<repo_name>{project}{files}<file_sep><fim_prefix>{name}\n{prefix}<fim_suffix>{suffix}<fim_middle>"),
        file="<file_sep>{name}\n{text}\n",
        stop=("<|endoftext|>", "<file_sep>"),
    ),
    Family(  # https://huggingface.co/bigcode/starcoder, stabilityai/stable-code-3b, smallcloudai/Refact-1_6B-fim
        models=r"star-?coder|stable-code|refact-1",
        gap=_BIGCODE,
        stop=("<|endoftext|>", "<fim_pad>"),
    ),
    Family(  # https://huggingface.co/bigcode/santacoder
        models=r"santacoder",
        gap="<fim-prefix>{prefix}<fim-suffix>{suffix}<fim-middle>",
        stop=("<|endoftext|>",),
    ),
    Family(  # https://github.com/ibm-granite/granite-code-models
        models=r"granite-(?:\w+-)?code",
        gap=_BIGCODE,
        stop=("<|endoftext|>", "<fim_pad>"),
    ),
    Family(  # https://github.com/meta-llama/codellama: the 34B, the 70B and those for Python alone cannot
        models=r"code-?llama(?!.*(?:34b|70b|python))",
        gap="<PRE> {prefix} <SUF>{suffix} <MID>",
        stop=("<EOT>",),
    ),
    Family(  # https://github.com/deepseek-ai/DeepSeek-Coder, https://arxiv.org/abs/2412.19437 (4.1)
        models=r"deepseek-(?:coder|v[34])",
        gap="<｜fim▁begin｜>{prefix}<｜fim▁hole｜>{suffix}<｜fim▁end｜>",
        file="#{name}\n{text}\n",
        within="{files}#{name}\n{prefix}",
        stop=("<｜end▁of▁sentence｜>",),
    ),
    Family(  # https://ai.google.dev/gemma/docs/codegemma/prompt-structure: not what talks
        models=r"codegemma(?!.*(?:-it\b|instruct))",
        gap=_QWEN,
        project="{files}<|file_separator|>{name}\n" + _QWEN,
        file="<|file_separator|>{name}\n{text}\n",
        stop=("<|file_separator|>",),
    ),
    Family(  # https://github.com/mistralai/mistral-common
        models=r"(?<!mamba-)codestral(?!-(?:embed|mamba))",
        gap="[SUFFIX]{suffix}[PREFIX]{prefix}",
        file="+++++ {name}\n{text}\n\n",
        within="{files}+++++ {name}\n{prefix}",
    ),
    Family(  # https://huggingface.co/JetBrains/Mellum-4b-base
        models=r"mellum",
        gap="<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
        project="{files}<filename>{name}\n<fim_suffix>{suffix}<fim_prefix>{prefix}<fim_middle>",
        file="<filename>{name}\n{text}\n",
        stop=("<|endoftext|>", "<filename>"),
    ),
    Family(  # https://arxiv.org/abs/2506.03524 (2.2)
        models=r"seed-coder",
        gap="<[fim-suffix]>{suffix}<[fim-prefix]>{prefix}<[fim-middle]>",
    ),
    Family(  # https://github.com/aixcoder-plugin/aiXcoder-7B
        models=r"aixcoder",
        gap="▁<AIX-SPAN-PRE>{prefix}▁<AIX-SPAN-POST>{suffix}▁<AIX-SPAN-MIDDLE>",
    ),
)


def family_of(model_id: str) -> Family | None:
    """The family of a model; `None` is none that is known."""
    return next((family for family in FAMILIES if re.search(family.models, model_id.lower())), None)


def prefix_of(request: InfillRequest, family: Family | None) -> str:
    """The prefix with the other files at its head, in the family's way or as comments, for want of another place."""
    if not request.extra:
        return request.prefix
    if family is not None and family.within:
        return family.headed(request)
    return commented(request.extra, request.name) + request.prefix
