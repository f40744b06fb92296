"""What is left out of a conversation that a model cannot read whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_ls import errors
from llm_ls.messages import Image, Message, Part, Text, ToolCall, ToolResult, user
from llm_ls.models import ModelRequest, ToolDefinition
from llm_ls.prompts import conversation, fitting

WORDS = "word " * 400  # 500 tokens


def exchange(question: str, *results: str, answer: str = "Done.") -> tuple[Message, ...]:
    """A question, the calls of a round each, and the answer."""
    rounds = [
        message
        for number, result in enumerate(results)
        for message in (
            Message("assistant", (ToolCall(f"{question}{number}", "read_file", {}),)),
            Message("user", (ToolResult(f"{question}{number}", result),)),
        )
    ]
    return (user(question), *rounds, Message("assistant", (Text(answer),)))


def shown(fitted: fitting.Fitted) -> list[str]:
    """The parts, shortened so that one sees what is whole."""
    return [_shown(part) for message in fitted.messages for part in message.parts]


def _shown(part: Part) -> str:
    match part:
        case Text(text):
            return text[:20].strip()
        case ToolResult(_, content):
            return "(left out)" if content.startswith("[Left out") else f"({content[:4]})"
        case _:
            return type(part).__name__


def test_what_fits_is_sent_as_it_is() -> None:
    messages = (*exchange("one", WORDS), user("two"))
    fitted = fitting.fit(messages, 10_000)

    assert (fitted.messages, fitted.results_left_out, fitted.turns_left_out, fitted.sentence) == (messages, 0, 0, "")


def test_the_oldest_results_go_first_and_no_more_than_needed() -> None:
    fitted = fitting.fit((*exchange("one", WORDS), *exchange("two", WORDS), user("three")), 800)

    assert shown(fitted) == ["one", "ToolCall", "(left out)", "Done.", "two", "ToolCall", "(word)", "Done.", "three"]
    assert fitted.sentence == "left out to fit the model's context window: the contents of 1 tool result"


def test_then_the_oldest_questions_go_with_their_answers() -> None:
    messages = (*exchange("one", WORDS, answer=WORDS), *exchange("two", WORDS, answer=WORDS), user("three"))
    fitted = fitting.fit(messages, 800)

    assert shown(fitted) == ["two", "ToolCall", "(left out)", WORDS[:20].strip(), "three"]
    assert (fitted.turns_left_out, fitted.results_left_out) == (1, 1)
    assert fitted.sentence.endswith("the oldest 1 question, with what was answered and the contents of 1 tool result")


def test_a_result_of_the_round_under_way_goes_last() -> None:
    under_way = exchange("two", WORDS, WORDS)[:-1]

    assert shown(fitting.fit((*exchange("one", answer=WORDS), *under_way), 700)) == [
        *("two", "ToolCall", "(left out)", "ToolCall", "(word)")
    ]
    assert shown(fitting.fit((*exchange("one", answer=WORDS), *under_way), 400)) == [
        *("two", "ToolCall", "(left out)", "ToolCall", "(left out)")
    ]


def test_a_summary_stays() -> None:
    summary = user(f"{conversation.SUMMARY}They built a boat.")

    alone = fitting.fit((summary, *exchange("one", answer=WORDS), user("two")), 300)
    joined = Message("user", (*summary.parts, Text("\n\n"), Text("one")))
    together = fitting.fit((joined, Message("assistant", (Text(WORDS),)), user("two")), 300)

    assert alone.messages == together.messages == (Message("user", (*summary.parts, Text("\n\n"), Text("two"))),)
    assert alone.turns_left_out == together.turns_left_out == 1


def test_a_summary_is_cut_before_a_question_is_refused() -> None:
    summary = user(conversation.SUMMARY + "They built a boat.\n" * 300)
    fitted = fitting.fit((summary, *exchange("one"), user("two")), 300)

    (only,) = fitted.messages
    assert only.text.startswith(f"{conversation.SUMMARY}They built a boat.\n")
    assert only.text.endswith("boat.\n\n[The rest of the summary is left out to save room.]\n\ntwo")
    assert (fitted.turns_left_out, fitted.summary_cut) == (1, True)
    assert fitted.sentence.endswith("with what was answered and the end of the summary")
    assert 250 < fitted.tokens <= 300


def test_a_question_after_an_unfinished_call_can_be_the_first() -> None:
    call = Message("assistant", (Text(WORDS), ToolCall("a", "read_file", {})))
    fitted = fitting.fit((user("one"), call, Message("user", (ToolResult("a", "Not run."), Text("two")))), 100)

    assert fitted.messages == (user("two"),)


def test_a_question_that_is_too_long_is_refused_with_both_sizes() -> None:
    with pytest.raises(errors.ContextWindowExceeded, match=r"about 604 tokens long .* 300 at most can be sent"):
        fitting.fit((*exchange("one"), user(WORDS)), 300, overhead=100)


def test_a_large_conversation_is_no_larger_than_it_is_counted() -> None:
    request = ModelRequest((user("one"),), "Be brief.", tools=(ToolDefinition("read_file", "Reads.", {}),))

    assert fitting.overhead(request) == 11
    assert fitting.fit(request.messages, 100, overhead=11).tokens == 16
    assert fitting.fit((Message("user", (Image("image/png", "iVBO" * 9_999),)),), 1_004).tokens == 1_004


@pytest.mark.parametrize(
    ("window", "most", "expected"),
    [(200_000, 64_000, 146_892), (8_192, None, 4_915), (4_096, 512, 2_867), (None, None, 19_660)],
)
def test_room_stays_for_the_answer(window: int | None, most: int | None, expected: int) -> None:
    assert fitting.window_for(window, most) == expected


contents = st.sampled_from(["", "short", "word " * 40, WORDS, "字" * 90, "[Left out to save room: about 9 tokens."])


@st.composite
def conversations(draw: st.DrawFn) -> tuple[Message, ...]:
    """With a summary or without, ending with a question or with results for it."""
    said = draw(st.sampled_from(["Before.", "It was so.\n" * 60]))
    summary = (user(f"{conversation.SUMMARY}{said}"),) if draw(st.booleans()) else ()
    earlier = [
        exchange(f"q{number}", *draw(st.lists(contents, max_size=3)), answer=draw(contents))
        for number in range(draw(st.integers(0, 6)))
    ]
    under_way = exchange("last", *draw(st.lists(contents, max_size=3)))[:-1]
    return (*summary, *(message for one in earlier for message in one), *under_way)


@given(conversations(), st.integers(0, 3_000), st.integers(0, 200))
def test_what_is_left_is_a_conversation_that_fits(messages: tuple[Message, ...], tokens: int, overhead: int) -> None:
    try:
        fitted = fitting.fit(messages, tokens, overhead=overhead)
    except errors.ContextWindowExceeded:
        question = next(place for place, message in enumerate(messages) if message.text == "last")
        summary = (*messages[0].parts, Text("\n\n")) if conversation.is_summary(messages[0].parts[0]) else ()
        least = (Message("user", (*summary, Text("last"))), *messages[question + 1 :])
        with pytest.raises(errors.ContextWindowExceeded):
            fitting.fit(least, tokens - 5, overhead=overhead)  # a summary that is a message of its own takes 5 more
        return

    left = fitted.messages
    assert fitted.tokens <= tokens
    assert left[0].role == left[-1].role == "user"
    assert "last" in [part.text for message in left for part in message.parts if isinstance(part, Text)]
    assert any(map(conversation.is_summary, left[0].parts)) == any(map(conversation.is_summary, messages[0].parts))
    assert _unpaired(left) == []
    assert fitting.fit(left, tokens, overhead=overhead).messages == left


def _unpaired(messages: tuple[Message, ...]) -> list[str]:
    """Calls without a result in the next message, and results without a call in the one before."""
    unpaired: list[str] = []
    for before, after in zip((None, *messages), (*messages, None), strict=True):
        calls = {part.id for part in before.parts if isinstance(part, ToolCall)} if before else set[str]()
        given = {part.tool_use_id for part in after.parts if isinstance(part, ToolResult)} if after else set[str]()
        unpaired += calls ^ given
    return unpaired
