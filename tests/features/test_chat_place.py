"""Where an answer comes to stand in a chat document, also while its user writes on."""

from llm_ls.documents import Document, split_lines
from llm_ls.features import chat_branch, chat_document, chat_place, hunks
from llm_ls.features.chat_document import Note
from llm_ls.features.chat_place import Place

URI = "file:///chats/one.md"
FRONT = "---\nllm-ls: chat\n---\n\n"
FOOTER = Note("footer", "gpt · 12→5 tok")


def document(text: str) -> Document:
    return Document(URI, "markdown", 1, tuple(split_lines(text)))


def place(text: str, *, again: bool = False) -> Place:
    sections = chat_document.parse(text).sections
    return chat_place.below(document(text), sections, chat_branch.question_in(sections, again=again))


def check(before: str, after: str, *pieces: str | Note, again: bool = False) -> None:
    begun = place(before, again=again)
    done = begun.with_answer(pieces, done=True)

    assert done.document.text == after
    assert hunks.apply(begun.document, done.changes(begun)) == after


def test_it_comes_below_the_question_and_makes_room_for_the_next() -> None:
    after = "## You\n\nWhy?\n\n## Assistant\n\nBecause.\n\n> — gpt · 12→5 tok\n\n## You\n\n\n"
    for end in ("", "\n", "\n\n", "\n\n\n"):
        check(f"## You\n\nWhy?{end}", after, "Because.", FOOTER)


def test_it_takes_the_line_ends_that_are_there() -> None:
    check("## You\r\nWhy?\r\n", "## You\r\nWhy?\r\n\r\n## Assistant\r\n\r\na\r\nb\r\n\r\n## You\r\n\r\n\r\n", "a\nb")


def test_it_takes_the_place_of_a_failure() -> None:
    told = "## You\n\nWhy?\n\n> ⚠ No credit is left at openai.com.\n> ⚠ Buy some.\n\n"
    for end in ("", "\n", "\n\n"):
        failed = place(f"## You\n\nWhy?{end}").with_failure("No credit is left at openai.com. Buy some.")
        again = place(failed.document.text).with_failure("No credit is left at openai.com. Buy some.")

        assert failed.document.text == again.document.text == told
        check(told, "## You\n\nWhy?\n\n## Assistant\n\nBecause.\n\n## You\n\n\n", "Because.")


def test_what_is_written_below_a_failure_is_the_question_too() -> None:
    failed = place("## You\n\nWhy?\n").with_failure("No credit is left. Buy some.")
    (section,) = chat_document.parse(f"{failed.document.text}And now?").sections

    assert section.text == "Why?\n\nAnd now?"


def test_it_takes_the_place_of_a_former_answer_and_leaves_what_is_being_written() -> None:
    for draft in ("\n\n", "\nAnd then?\n"):
        check(
            f"## You\n\nWhy?\n\n## Assistant\n\nNo.\n\n> — gpt\n\n## You\n{draft}",
            f"## You\n\nWhy?\n\n## Assistant\n\nYes.\n\n## You\n{draft}",
            "Yes.",
            again=True,
        )


def test_it_holds_on_to_what_stands_above_while_the_user_writes_below() -> None:
    begun = place(f"{FRONT}## You\n\nWhy?\n\n\n")
    half = begun.with_conversation("c-1", "Why").with_answer(("One.",))
    whole = half.with_answer(("One.\n\nTwo.", FOOTER), done=True)
    now = document(f"{FRONT}## You\n\nWhy?\n\nAnd\nthen?\n")

    for each in (half, whole):
        changes, stale = hunks.reanchor(each.changes(begun), begun.document, now)
        assert not stale
        now = document(hunks.apply(now, changes))
        begun = each

    assert now.text == (
        "---\nllm-ls: chat\nconversation: c-1\ntitle: Why\n---\n\n## You\n\nWhy?\n\n"
        "## Assistant\n\nOne.\n\nTwo.\n\n> — gpt · 12→5 tok\n\n## You\n\nAnd\nthen?\n"
    )


def test_it_is_not_forced_where_its_question_is_being_rewritten() -> None:
    begun = place(f"{FRONT}## You\n\nWhy?\n")
    now = document(f"{FRONT}## You\n\nWhy not?\n")

    _, stale = hunks.reanchor(begun.with_answer(("Because.",)).changes(begun), begun.document, now)

    assert [hunk.id for hunk in stale] == ["answer"]
