"""A chat document against the conversation that is kept of it: what agrees goes on, what was changed is a branch."""

import pytest

from llm_ls import errors
from llm_ls.features import chat_branch, chat_document
from llm_ls.features.chat_branch import Asking
from llm_ls.features.chat_document import Note, Section
from llm_ls.messages import Message, Text, Thinking, ToolCall, ToolResult, Usage, user
from llm_ls.store.turns import Turn

WHY = Turn("q1", "", "user", 0.0, (user("Why?\n"),))
BECAUSE = Turn(
    "a1",
    "q1",
    "assistant",
    0.0,
    (
        Message("assistant", (Thinking("Hm.", "x"), Text("Let me see."), ToolCall("c", "read_file", {"path": "a.py"}))),
        Message("user", (ToolResult("c", "x = 1\ny = 2\n"),)),
        Message("assistant", (Text("Because\n\n    it is.  "),)),
    ),
    model="mine/gpt",
    usage=Usage(1200, 412, cost_usd=0.004),
    stop_reason="end_turn",
)
SUMMARY = Turn("s1", "a1", "summary", 0.0, (user("They spoke of it."),))
AND = Turn("q2", "s1", "user", 0.0, (user("And?"),))

ASKED = "## You\n\nWhy?\n"
ANSWERED = f"""{ASKED}
## Assistant

> … Hm.

Let me see.

> → read_file a.py, 2 lines

Because

    it is.

> — gpt · 1.2k→412 tok · $0.0040
"""


def check(text: str, turns: tuple[Turn, ...], asking: Asking) -> None:
    sections = chat_document.parse(text).sections
    assert chat_branch.asking(sections, turns) == asking


def test_a_kept_answer_is_written_as_it_came() -> None:
    assert chat_branch.section_of(BECAUSE).pieces == (
        Note("thinking", "Hm."),
        "Let me see.",
        Note("tool", "read_file a.py, 2 lines"),
        "Because\n\n    it is.  ",
        Note("footer", "gpt · 1.2k→412 tok · $0.0040"),
    )


def test_the_next_question_follows_what_agrees() -> None:
    check(f"{ANSWERED}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "a1"))
    check(ASKED, (), Asking("Why?", ""))


def test_what_another_client_has_said_since_stays_beside_it() -> None:
    check(f"{ANSWERED}\n## You\n\nSo?\n", (WHY, BECAUSE, SUMMARY, AND), Asking("So?", "s1"))


def test_a_question_that_is_kept_without_an_answer_is_asked_again() -> None:
    check(ASKED, (WHY,), Asking("Why?", "q1", again=True))
    check(ASKED, (WHY, BECAUSE), Asking("Why?", "q1", again=True))


def test_an_edited_question_is_a_branch() -> None:
    check("## You\n\nWhy so?\n", (WHY, BECAUSE), Asking("Why so?", ""))


def test_edited_earlier_turns_are_kept_first() -> None:
    changed = ANSWERED.replace("Let me see.", "Let us see.")
    answer = chat_document.parse(changed).sections[1]
    check(f"{changed}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "q1", (answer,)))


def test_indentation_is_told_apart_and_blank_lines_are_not() -> None:
    shorter = ANSWERED.replace("Because\n\n", "Because\n")
    indented = shorter.replace("    it is", "  it is")
    check(f"{shorter}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "a1"))
    changed = chat_document.parse(indented).sections[1]
    check(f"{indented}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "q1", (changed,)))


def test_a_prompt_that_was_called_is_what_it_asked_if_its_answer_is_there() -> None:
    called = ANSWERED.replace("Why?", "/why it is")
    check(f"{called}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "a1"))
    other = called.replace("Let me", "Let us")
    earlier = chat_document.parse(other).sections
    check(f"{other}\n## You\n\nAnd?\n", (WHY, BECAUSE), Asking("And?", "", earlier))


def test_questions_without_an_answer_between_are_one() -> None:
    check("## You\n\nWhy?\n\n## Assistant\n\n## You\n\nAnd?\n", (), Asking("Why?\n\nAnd?", ""))


def test_a_fence_that_the_question_leaves_open_is_closed() -> None:
    check("## You\n\nWhy?\n```py\nx\n", (), Asking("Why?\n```py\nx\n```", ""))


@pytest.mark.parametrize("text", ["", "## You\n\n\n", ANSWERED, f"{ANSWERED}\n## You\n\n> ⚠ No credit.\n"])
def test_without_a_question_nothing_is_asked(text: str) -> None:
    with pytest.raises(errors.InvalidRequest, match="no question"):
        chat_branch.question_in(chat_document.parse(text).sections)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "Write `## You` and your question below it."),
        ("## You\n\n\n", "Write one below `## You`."),
        (f"{ANSWERED}\n## You\n", "Write one below `## You`."),
        (ANSWERED, "Write `## You` and your question below it, or have another answer with `AI: Regenerate`."),
    ],
)
def test_the_way_to_a_question_is_said(text: str, hint: str) -> None:
    with pytest.raises(errors.InvalidRequest) as raised:
        chat_branch.question_in(chat_document.parse(text).sections)

    assert raised.value.sentence.endswith(hint)


@pytest.mark.parametrize(
    ("front", "below", "cut_off"),
    [
        ("conversation: 1\n", "Half", True),
        ("", "Half", False),
        ("conversation: 1\n", "Whole\n\n> — gpt", False),
        ("conversation: 1\n", "Half\n\n## You\n", False),
        ("conversation: 1\n", "> → read_file a.py, 2 lines", True),
    ],
)
def test_an_answer_of_ours_without_its_footer_is_cut_off(front: str, below: str, *, cut_off: bool) -> None:
    text = f"---\nllm-ls: chat\n{front}---\n\n## You\n\nWhy?\n\n## Assistant\n\n{below}\n"

    assert chat_branch.is_cut_off(chat_document.parse(text)) is cut_off


def test_which_question_is_answered_again() -> None:
    sections = chat_document.parse(f"{ANSWERED}\n## You\n\nA draft\n").sections

    assert chat_branch.question_in(sections, again=True) == 0
    with pytest.raises(errors.InvalidRequest, match="no answer"):
        chat_branch.question_in(sections[:1], again=True)


def test_sections_without_text_are_no_turns() -> None:
    sections = (
        Section("assistant", ("Hello.",)),
        Section("user", ("Hi",)),
        Section("assistant", (Note("notice", "x"),)),
    )

    assert chat_branch.without_empty(sections) == (Section("user", ("Hi",)),)


def test_a_summary_that_was_asked_for_is_the_answer_to_the_question_for_it() -> None:
    compact = Turn("q2", "a1", "user", 0.0, (user("/compact"),))
    summary = Turn("s1", "q2", "summary", 0.0, (user("They spoke of it."),))
    text = f"{ANSWERED}\n## You\n\n/compact\n\n## Assistant\n\nThey spoke of it.\n\n## You\n\nAnd?\n"

    check(text, (WHY, BECAUSE, compact, summary), Asking("And?", "s1"))
