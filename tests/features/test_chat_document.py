"""A chat as a Markdown document: what is written is read again, whatever the texts hold."""

from hypothesis import given
from hypothesis import strategies as st

from llm_ls.features import chat_document, front_matter
from llm_ls.features.chat_document import Chat, Note, Section
from llm_ls.features.front_matter import Front

LINES = st.sampled_from(
    (
        *("## You", "## Assistant  ", "\\## You", "# You", " ## You", "```", "```py", "~~~", "````", "\\```", "  ```"),
        *("a ``` b", "```a`b", "> → ls", "> — x", "\\> … y", "> quoted", "> ⚠ no", "", "text", "    indented", "---"),
    )
)
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
TEXTS = st.one_of(WORDS, st.lists(st.one_of(LINES, WORDS), max_size=8).map("\n".join))
NOTES = st.builds(Note, st.sampled_from(("tool", "thinking", "notice", "footer")), WORDS.map(chat_document.one_line))
PIECES = st.lists(st.one_of(TEXTS, NOTES), max_size=5).map(tuple)
ANSWERS = st.builds(Section, st.sampled_from(("assistant", "summary")), PIECES)
QUESTIONS = st.builds(Section, st.just("user"), TEXTS.map(lambda text: (text,)))
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=20)
LINE = NAMES.map(lambda text: " ".join(text.split()))
FRONTS = st.builds(
    Front,
    conversation=st.sampled_from(("", "c-1")),
    title=LINE,
    model=LINE,
    workspace=LINE,
    context=st.lists(NAMES.map(str.strip).filter(bool), max_size=3).map(tuple),
    system=st.lists(LINE, max_size=3).map(lambda lines: "\n".join(lines).strip()),
)


def normal(section: Section) -> Section:
    """As it is read: texts without blank lines at their edges, and those that nothing parts are one."""
    pieces: list[str | Note] = []
    for piece in section.pieces:
        if isinstance(piece, Note):
            pieces.append(piece)
        elif text := chat_document.without_blank_edges(piece.replace("\r\n", "\n").replace("\r", "\n")):
            joined = pieces and not isinstance(pieces[-1], Note)
            pieces[-1:] = [f"{pieces[-1]}\n\n{text}"] if joined else [*pieces[-1:], text]
    return Section(section.role, tuple(pieces))


def without_empty_end(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return sections[:-1] if sections and sections[-1] == Section("user", ()) else sections


@given(FRONTS, st.lists(st.one_of(QUESTIONS, ANSWERS), max_size=5))
def test_what_is_written_is_read_again(front: Front, sections: list[Section]) -> None:
    read = chat_document.parse(chat_document.render(Chat(front, tuple(sections))))

    assert read.front == front
    assert without_empty_end(read.sections) == without_empty_end(tuple(map(normal, sections)))


@given(TEXTS)
def test_what_has_come_whole_stays_as_it_is_when_more_comes(text: str) -> None:
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    begun = unix[: chat_document.complete(unix)]
    written = chat_document.written_text(begun)

    assert chat_document.written_text(unix).startswith(written)


DOCUMENT = """\
---
llm-ls: chat
conversation: c-1
title: Why it subtracts
model: anthropic/claude-sonnet-5-5
context: [src/app.py, "a, b.py"]
tags: [mine]
---

# Anything may stand here

## You

Why?

```md
## Assistant
```

## Assistant

> … The name says add.
> → read_file src/app.py, 120 lines

> It is quoted.

Because \\
\\## You

> — sonnet · 1.2k→412 tok · $0.0040

## You


"""


def test_reads_a_document() -> None:
    read = chat_document.parse(DOCUMENT)

    assert read.front == Front(
        conversation="c-1",
        title="Why it subtracts",
        model="anthropic/claude-sonnet-5-5",
        context=("src/app.py", "a, b.py"),
        other=(("tags", "[mine]"),),
    )
    assert read.sections == (
        Section("user", ("Why?\n\n```md\n## Assistant\n```",)),
        Section(
            "assistant",
            (
                Note("thinking", "The name says add."),
                Note("tool", "read_file src/app.py, 120 lines"),
                "> It is quoted.\n\nBecause \\\n## You",
                Note("footer", "sonnet · 1.2k→412 tok · $0.0040"),
            ),
        ),
        Section("user", ()),
    )
    assert [section.line for section in read.sections] == [11, 19, 31]
    assert chat_document.render(read) == DOCUMENT.replace("# Anything may stand here\n\n", "")


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert chat_document.parse("\ufeff" + DOCUMENT.replace("\n", "\r\n")) == chat_document.parse(DOCUMENT)


def test_front_matter_is_read_as_people_write_it() -> None:
    written = """\
---
llm-ls: chat
model : 'mine/gpt'
context:
  - a.py
  - "b, c.py"
tools: off
system: |
  Be brief.

    Or not.
nonsense
---
## You
Hello
"""
    read = chat_document.parse(written)

    assert read.front == Front(
        model="mine/gpt", context=("a.py", "b, c.py"), tools="off", system="Be brief.\n\n  Or not.\nnonsense"
    )
    assert read.sections == (Section("user", ("Hello",)),)


def test_a_document_without_front_matter_or_turns_is_empty() -> None:
    assert chat_document.parse("") == Chat(Front(), ())
    assert chat_document.parse("---\nmodel: a\n") == Chat(Front(), ())
    assert chat_document.parse("Only prose.\n## your turn\n") == Chat(Front(), ())


def test_which_conversation_it_is_is_added_to_what_is_there() -> None:
    lines = ["---", "llm-ls: chat", "model: a/b  # mine", "title:", "---"]
    marked = front_matter.with_conversation(lines, "c-2", "A title")

    assert marked == ["---", "llm-ls: chat", "conversation: c-2", "title: A title", "model: a/b  # mine", "---"]
    assert front_matter.with_conversation(marked, "c-3", "Another")[2:4] == ["conversation: c-3", "title: A title"]
    assert chat_document.parse("\n".join(front_matter.with_conversation([], "c-4", "T"))).front == Front(
        conversation="c-4", title="T"
    )


def test_a_fence_that_is_open_is_known() -> None:
    assert chat_document.unclosed("a\n```py\nb") == "```"
    assert chat_document.unclosed("~~~~\n```\n") == "~~~~"
    assert chat_document.unclosed("```\nb\n```") == ""
