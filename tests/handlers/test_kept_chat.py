"""`llm-ls/chat` in conversations that the server keeps."""

from typing import Any

import pytest

from tests.rigs.editor import Editor, Refused, editor
from tests.rigs.openai import environment, whole, words
from tests.rigs.vendor import CUT, LoopbackVendor


async def ask(one: Editor, vendor: LoopbackVendor, answer: str, **params: Any) -> Any:
    vendor.says(*whole(answer))
    return await one.request("llm-ls/chat", params)


async def turns_of(one: Editor, id: str, upto: str | None = None) -> list[tuple[str, str]]:
    kept = await one.server.session.conversations.get(id, upto)
    return [(turn.role, "".join(message.text for message in turn.messages)) for turn in kept.turns]


def sent(vendor: LoopbackVendor) -> list[tuple[str, str]]:
    """The turns of the last request, without instructions."""
    return [
        (message["role"], message["content"])
        for message in vendor.requests[-1].json["messages"]
        if message["role"] != "system"
    ]


async def test_a_question_begins_a_conversation_and_the_next_goes_on_with_it(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "A tuple is fixed.", message="What is a tuple?")
        second = await ask(one, vendor, "A list.", conversationId=first["conversationId"], message="And what is not?")

        assert second["conversationId"] == first["conversationId"]
        assert second["messageId"] != first["messageId"]
        assert sent(vendor) == [
            ("user", "What is a tuple?"),
            ("assistant", "A tuple is fixed."),
            ("user", "And what is not?"),
        ]
        assert await turns_of(one, first["conversationId"]) == [*sent(vendor), ("assistant", "A list.")]


async def test_a_conversation_is_found_by_the_next_server(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "A tuple is fixed.", message="What is a tuple?")
    async with editor(environ=environment(vendor)) as one:
        await ask(one, vendor, "A list.", conversationId=first["conversationId"], message="And what is not?")

    assert len(sent(vendor)) == 3


async def test_nothing_is_kept_of_what_the_client_keeps(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        result = await ask(one, vendor, "ok", messages=[], message="What is a tuple?")

        assert "conversationId" not in result
        assert await one.server.session.conversations.list(None) == ()


async def test_nothing_is_kept_of_what_cannot_be_asked(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        for params in ({"message": " \n"}, {}, {"message": "Hi", "model": "nobody/nothing"}):
            with pytest.raises(Refused):
                await one.request("llm-ls/chat", params)

        assert await one.server.session.conversations.list(None) == ()


async def test_an_earlier_question_asked_otherwise_loses_nothing(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message="First?")
        id = first["conversationId"]
        second = await ask(one, vendor, "Two.", conversationId=id, message="Second?")
        other = await ask(one, vendor, "Other.", conversationId=id, after=first["messageId"], message="Second, else?")

        assert sent(vendor) == [("user", "First?"), ("assistant", "One."), ("user", "Second, else?")]
        assert (await turns_of(one, id))[2:] == [("user", "Second, else?"), ("assistant", "Other.")]
        assert (await turns_of(one, id, second["messageId"]))[2:] == [("user", "Second?"), ("assistant", "Two.")]
        kept = await one.server.session.conversations.get(id)
        assert kept.turns[2].alternatives == (second["questionId"],)
        assert other["questionId"] == kept.turns[2].id


async def test_after_nothing_is_the_beginning(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message="First?")
        await ask(one, vendor, "Again.", conversationId=first["conversationId"], after="", message="Another first?")

    assert sent(vendor) == [("user", "Another first?")]


async def test_regenerating_keeps_the_former_answer_beside_the_new_one(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message="First?")
        id = first["conversationId"]
        again = await ask(one, vendor, "Better.", conversationId=id, regenerate=True)

        assert sent(vendor) == [("user", "First?")]
        assert again["questionId"] == first["questionId"]
        assert await turns_of(one, id) == [("user", "First?"), ("assistant", "Better.")]
        assert (await one.server.session.conversations.get(id)).turns[1].alternatives == (first["messageId"],)


async def test_what_came_of_an_answer_that_was_cut_off_is_kept(vendor: LoopbackVendor) -> None:
    vendor.says(*words("Half of ", "an answer"), CUT)
    async with editor(environ=environment(vendor)) as one:
        with pytest.raises(Refused):
            await one.request("llm-ls/chat", {"message": "First?", "partialResultToken": "t"})
        (summary,) = await one.server.session.conversations.list(None)
        kept = await one.server.session.conversations.get(summary.id)

        assert [turn.whole for turn in kept.turns] == [True, False]
        assert kept.turns[1].messages[0].text == "Half of an answer"

        await ask(one, vendor, "The rest.", conversationId=summary.id, message="Go on.")
        assert sent(vendor)[1] == ("assistant", "Half of an answer")


async def test_the_first_event_names_what_is_kept(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        result = await ask(one, vendor, "One.", message="First?", partialResultToken="t")
        start = next(params["value"] for method, params in one.said if method == "$/progress")

    assert start == {
        "type": "message_start",
        "messageId": result["messageId"],
        "conversationId": result["conversationId"],
        "questionId": result["questionId"],
        "model": "openai/gpt-test",
    }


async def test_the_first_event_says_what_is_attached(vendor: LoopbackVendor) -> None:
    attached = {"type": "text", "title": "Notes", "text": "four"}
    async with editor(environ=environment(vendor)) as one:
        await ask(one, vendor, "One.", message="First?", context=[attached], partialResultToken="t")
        start = next(params["value"] for method, params in one.said if method == "$/progress")

    assert start["context"] == [{"title": "Notes", "tokens": 1}]


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"conversationId": "nothing", "message": "Hi"}, "nothing"),
        ({"regenerate": True}, "No conversation is named. Give its `conversationId`."),
        ({"toolResults": [{"toolUseId": "x", "content": ""}]}, "No conversation is named. Give its `conversationId`."),
    ],
)
async def test_says_what_is_wrong(vendor: LoopbackVendor, params: dict[str, Any], sentence: str) -> None:
    async with editor(environ=environment(vendor)) as one:
        with pytest.raises(Refused, match=sentence.replace("(", "")):
            await one.request("llm-ls/chat", params)


async def test_a_store_that_fails_is_told_and_the_answer_comes(
    vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    monkeypatch.setattr("llm_ls.store.database.default_path", lambda: blocked / "llm-ls.sqlite3")
    async with editor(environ=environment(vendor)) as one:
        result = await ask(one, vendor, "One.", message="First?", partialResultToken="t")
        events = [params["value"] for method, params in one.said if method == "$/progress"]

    assert "conversationId" not in result
    assert "".join(event["text"] for event in events if event["type"] == "text_delta") == "One."
    assert [event["kind"] for event in events if event["type"] == "notice"] == ["not_kept"]


LONG = "many words " * 5_000
"""About 14,000 tokens, of which the window of an unknown model takes one but not two."""


async def test_turns_that_no_longer_fit_are_summed_up_and_stay_to_be_seen(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message=LONG)
        id = first["conversationId"]
        vendor.says(*whole("We spoke of words."))
        vendor.says(*whole("Two."))
        second = await one.request(
            "llm-ls/chat", {"conversationId": id, "message": LONG + "more?", "partialResultToken": "t"}
        )
        events = [params["value"] for method, params in one.said if method == "$/progress"]
        kept = await one.server.session.conversations.get(id)
        vendor.says(*whole("Three."))
        await one.request("llm-ls/chat", {"conversationId": id, "message": "And?"})

    assert [event["kind"] for event in events if event["type"] == "notice"] == ["compacted"]
    assert [turn.role for turn in kept.turns] == ["user", "assistant", "summary", "user", "assistant"]
    assert second["questionId"] == kept.turns[3].id
    assert sent(vendor)[0][1].startswith(
        "The earlier part of this conversation, summed up:\n\nWe spoke of words.\n\nmany"
    )
    assert sent(vendor)[1:] == [("assistant", "Two."), ("user", "And?")]


async def test_what_cannot_be_summed_up_is_left_out_and_told(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message=LONG)
        vendor.refuses(400, {"error": {"message": "no", "type": "invalid_request_error"}})
        vendor.says(*whole("Two."))
        params = {"conversationId": first["conversationId"], "message": LONG, "partialResultToken": "t"}
        await one.request("llm-ls/chat", params)
        events = [params["value"] for method, params in one.said if method == "$/progress"]

    assert [event["kind"] for event in events if event["type"] == "notice"] == ["truncated_context"]
    assert sent(vendor) == [("user", LONG)]


@pytest.mark.parametrize("by_chat", [True, False])
async def test_a_conversation_is_summed_up_on_demand(vendor: LoopbackVendor, *, by_chat: bool) -> None:
    async with editor(environ=environment(vendor)) as one:
        first = await ask(one, vendor, "One.", message="First? " * 100)
        id = first["conversationId"]
        vendor.says(*whole("We spoke of one."))
        if by_chat:
            made = await one.request("llm-ls/chat", {"conversationId": id, "message": "/compact"})
            turn = made["messageId"]
        else:
            made = await one.request("llm-ls/compactConversation", {"id": id})
            turn = made["turnId"]
            assert made["tokensAfter"] < made["tokensBefore"]
        kept = await one.server.session.conversations.get(id)
        await ask(one, vendor, "Two.", conversationId=id, message="Second?")

    assert [turn.role for turn in kept.turns] == ["user", "assistant", "user", "summary"]
    assert kept.turns[-1].id == turn
    assert sent(vendor) == [
        ("user", "The earlier part of this conversation, summed up:\n\nWe spoke of one.\n\nSecond?")
    ]


async def test_nothing_cannot_be_summed_up(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        id = await one.server.session.conversations.begin("", "Empty")
        with pytest.raises(Refused, match="There is nothing to sum up yet"):
            await one.request("llm-ls/compactConversation", {"id": id})


async def test_a_local_server_answers_also_to_a_name_that_it_does_not_list(vendor: LoopbackVendor) -> None:
    vendor.refuses(200, {"data": [{"id": "tiny", "meta": {"n_ctx": 8192}}]})
    local = {"LLAMACPP_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "llamacpp/mine"}
    async with editor(environ=local) as one:
        first = await ask(one, vendor, "One.", message="First?")
        second = await ask(one, vendor, "Two.", conversationId=first["conversationId"], message="Second?")

    assert (first["text"], second["text"]) == ("One.", "Two.")
    assert [request.method for request in vendor.requests] == ["GET", "POST", "POST"]
