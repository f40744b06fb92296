"""What a model is sent of a kept conversation."""

from llm_ls.messages import Attachment, Message, Part, Text, Thinking, ToolCall, ToolResult, user
from llm_ls.prompts import conversation, replaying
from llm_ls.store.turns import Turn

CALL = ToolCall("c1", "read_file", {"path": "a.py"})
RESULT = ToolResult("c1", "a = 1")


def asked(text: str, *attachments: Attachment) -> Turn:
    return Turn("u", "", "user", 0.0, (user(text),), attachments)


def answered(*rounds: tuple[Part, ...]) -> Turn:
    sides = ("assistant", "user")
    made = tuple(Message(sides[number % 2], parts) for number, parts in enumerate(rounds))
    return Turn("a", "u", "assistant", 0.0, made)


def test_turns_are_sent_as_they_were() -> None:
    turns = (asked("One?"), answered((CALL,), (RESULT,), (Text("One."),)), asked("Two?"))

    assert replaying.messages(turns, tools=True) == (
        user("One?"),
        Message("assistant", (CALL,)),
        Message("user", (RESULT,)),
        Message("assistant", (Text("One."),)),
        user("Two?"),
    )


def test_what_was_attached_stands_before_its_question() -> None:
    first, *_ = replaying.messages((asked("Why?", Attachment("a.py", "a = 1\n", "python")),), tools=True)

    assert first.text == "a.py:\n```python\na = 1\n```\n\nWhy?"


def test_nothing_before_the_latest_summary_is_sent() -> None:
    summary = Turn("s", "a", "summary", 0.0, (user("We spoke of a."),))
    turns = (asked("One?"), answered((Text("One."),)), summary, asked("Two?"))
    (only,) = replaying.messages(turns, tools=True)

    assert only.text == conversation.SUMMARY + "We spoke of a.\n\nTwo?"


def test_a_call_that_was_never_run_gets_a_result() -> None:
    turns = (asked("One?"), answered((Text("I look."), CALL)), asked("Go on."))

    assert replaying.messages(turns, tools=True)[-1] == Message(
        "user", (ToolResult("c1", replaying.NOT_RUN, is_error=True), Text("Go on."))
    )


def test_an_answer_that_never_came_leaves_no_gap() -> None:
    turns = (asked("One?"), Turn("a", "u", "assistant", 0.0, (), whole=False), asked("Two?"))

    assert replaying.messages(turns, tools=True) == (Message("user", (Text("One?"), Text("\n\n"), Text("Two?"))),)


def test_without_tools_calls_and_results_are_told_in_words() -> None:
    turns = (
        asked("One?"),
        answered((Thinking("hm", "test", {"signature": "x"}), CALL), (RESULT,), (Text("One."),)),
        asked("Two?"),
    )
    sent = replaying.messages(turns, tools=False)

    assert all(isinstance(part, Text) for message in sent for part in message.parts)
    assert [message.role for message in sent] == ["user", "assistant", "user", "assistant", "user"]
    assert sent[1].text.strip() == '[Used the tool read_file: {"path": "a.py"}]'
    assert sent[2].text.strip() == "[Its result: a = 1]"
