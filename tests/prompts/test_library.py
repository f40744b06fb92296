"""Prompt files: what their head says, and what their variables become."""

from typing import Any

import pytest

from llm_ls.prompts import library

WHOLE = """\
---
title: "Review: quick"
description: Looks for bugs.
kind: quickfix
answer: edit
appliesTo: document
languages: [python, 'lua']
model: fast
menu: true
---

Review {{selection}}.
"""


def parsed(text: str, stem: str = "code-review") -> tuple[library.Prompt, tuple[str, ...]]:
    return library.parse(stem, text, "user")


def test_the_head_says_what_it_is() -> None:
    prompt, problems = parsed(WHOLE)

    assert problems == ()
    assert (prompt.name, prompt.title, prompt.description) == ("code-review", "Review: quick", "Looks for bugs.")
    assert (prompt.kind, prompt.answer, prompt.applies_to, prompt.model) == ("quickfix", "edit", "document", "fast")
    assert (prompt.languages, prompt.menu, prompt.body) == (("python", "lua"), True, "Review {{selection}}.")


def test_without_a_head_all_of_it_is_asked() -> None:
    prompt, problems = parsed("--- not a head\nReview it.", "my prompt")

    assert problems == ()
    assert (prompt.name, prompt.title, prompt.body) == ("my-prompt", "My prompt", "--- not a head\nReview it.")
    assert (prompt.answer, prompt.menu) == ("show", False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("---\ntitel: x\n---\nAsk.", "has 'titel', which is none of answer, appliesTo, "),
        ("---\nanswer: run\n---\nAsk.", "has 'run' as 'answer', which may be edit or show or chat"),
        ("Ask {{selektion}} and {{selektion}}.", "has the variable {{selektion}}, which is none of selection, file"),
        ("---\ntitle: x\n---\n", "asks nothing"),
        ("---\ncommand: rm\nbaseUrl: http://x\n---\nAsk.", "has 'command'"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_applies(text: str, says: str) -> None:
    prompt, problems = parsed(text)

    assert any(problem.startswith(says) for problem in problems)
    assert len([problem for problem in problems if "selektion" in problem]) <= 1
    assert (prompt.answer, prompt.kind) == ("show", "refactor.rewrite")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/review", ("review", "")),
        ("/review  both\nfiles ", ("review", "both\nfiles")),
        ("/review\nit", ("review", "it")),
        (" /review", None),
        ("/usr/bin/env is what?", None),
        ("/ x", None),
        ("a /review", None),
    ],
)
def test_a_message_that_calls_one(text: str, expected: Any) -> None:
    assert library.called(text) == expected


def test_variables_become_their_values_once() -> None:
    prompt, _ = parsed("{{ input }}: {{selection}} in {{file}}; {{unknown}}")

    assert prompt.variables == {"input", "selection", "file"}
    assert library.expand(prompt, {"input": "{{file}}", "selection": "a\\1", "file": "a.py"}) == (
        "{{file}}: a\\1 in a.py; {{unknown}}"
    )
    assert library.expand(prompt, {}) == ":  in ; {{unknown}}"


def test_words_without_a_place_come_at_the_end() -> None:
    assert library.expand(parsed("Review it.")[0], {"input": "Be kind."}) == "Review it.\n\nBe kind."
