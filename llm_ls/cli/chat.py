"""`llm-ls chat`: a question, and the answer as it arrives; kept, so that any editor can go on with it."""

import asyncio
import io
import json
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, aclosing, contextmanager, nullcontext
from typing import Any, Protocol

import attrs
import click

from llm_ls import errors, messages
from llm_ls.cli import configured, mentioned, places, tables, tools
from llm_ls.cli.configured import Chosen
from llm_ls.features import chat, chat_answer, kept_questions, tool_loop
from llm_ls.features.kept_answers import KeptAnswer
from llm_ls.features.kept_questions import Question
from llm_ls.messages import StreamEvent, ToolCall, ToolResult
from llm_ls.models import Model, ModelRequest
from llm_ls.prompts import conversation, fitting, library, replaying
from llm_ls.protocol.chat_events import to_chat_event, to_error_event
from llm_ls.store.consents import Consents
from llm_ls.store.conversations import Conversations


@attrs.frozen
class _Place:
    """Where a question belongs: in the conversation of that id, the newest of the folder, or a new one; kept or not."""

    id: str | None
    newest: bool
    kept: bool


@click.command()
@click.argument("prompt", nargs=-1)
@click.option("-m", "--model", metavar="MODEL", help='As "provider/model", or one of fast, mid and best.')
@click.option("-c", "--continue", "newest", is_flag=True, help="Go on with the newest conversation of this folder.")
@click.option("--conversation", metavar="ID", help="Go on with that one.")
@click.option("--no-save", is_flag=True, help="Keep neither question nor answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the events, one JSON object a line.")
def command(
    prompt: tuple[str, ...], model: str | None, newest: bool, conversation: str | None, no_save: bool, as_json: bool
) -> None:
    """Ask a model; the answer streams to the terminal.

    What comes on stdin is added to PROMPT: `git diff | llm-ls chat review this`. @PATH in PROMPT attaches a file of the
    project, @PATH:10-20 lines of it. The conversation is kept, for `-c` and for editors.
    """
    words = " ".join(prompt)
    if (named := library.called(words)) is not None:
        click.echo(f"/{named[0]} is sent as it is written: prompts are for chats in an editor.", err=True)
    question = "\n\n".join(filter(None, (words, _piped())))
    if not question.strip():
        raise click.UsageError("there is no question: give PROMPT, or pipe it in")
    if newest and conversation is not None:
        raise click.UsageError("-c and --conversation exclude each other")
    place = _Place(conversation, newest, not no_save)
    asyncio.run(_ask(words, question, model, place, _Json() if as_json else _Text.on_this_terminal()))


async def _ask(words: str, question: str, name: str | None, place: _Place, output: "_Output") -> None:
    """Ask `question`; only in the user's `words` is `@` looked for, not in what was piped in."""
    try:
        async with configured.chosen(name) as chosen:
            attached, left_out = await mentioned.attachments(words, places.workspace(chosen.settings))
            for sentence in left_out:
                output.show(messages.Notice("truncated_context", sentence))
            store = Conversations(chosen.routes.ledger.database)
            id = await _newest(store) if place.newest else place.id
            asked = await kept_questions.new(store, id, None, messages.user(question), attached)
            await _answer(chosen, asked, KeptAnswer(store, asked), output, keep=place.kept)
    except errors.LlmLsError as error:
        output.fail(error)
        raise


async def _newest(store: Conversations) -> str:
    found = await store.list([places.uri()], limit=1)
    if not found:
        raise errors.NotFound("nothing has been asked in this folder yet", hint="ask without -c")
    return found[0].id


async def _answer(chosen: Chosen, asked: Question, kept: KeptAnswer, output: "_Output", *, keep: bool) -> None:
    if keep:
        await kept.begin(places.uri())
    model = chosen.model(kept.conversation)
    if keep:
        await kept.ask(model.name)
    output.begin(model.name, kept)
    for notice in kept.notices():
        output.show(notice)
    await _stream(chosen, model, asked, kept, output)
    for notice in kept.notices():
        output.show(notice)
    output.end(model.name)


async def _stream(chosen: Chosen, model: Model, asked: Question, kept: KeptAnswer, output: "_Output") -> None:
    known, settings = chosen.known, chosen.settings
    can_use_tools = known is None or known.capabilities.maybe_tools
    consents = Consents(chosen.routes.ledger.database)
    offered = tools.offered(settings, consents, output.asking) if can_use_tools else ()
    own = f"{conversation.SYSTEM} {conversation.TO_LOOK}" if offered else ""
    request = ModelRequest(
        replaying.messages(asked.turns, tools=bool(offered)),
        conversation.instructions(own, await places.guidance(settings)),
        tools=tuple(tool.definition for tool in offered),
    )
    tokens = fitting.window_of(known)
    limits = tool_loop.Limits(settings.chat.max_tool_rounds, tokens)
    async with aclosing(kept.follow(tool_loop.answer(model, request, offered, limits), model.name)) as events:
        async for event in events:
            output.show(event)


def _piped() -> str:
    """What somebody pipes in; nothing when stdin is a terminal, or closed."""
    if sys.stdin is None or sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison]: None when closed
        return ""
    try:
        return sys.stdin.buffer.read().decode("utf-8").strip()
    except UnicodeDecodeError:
        raise errors.InvalidRequest("what came on stdin is not UTF-8 text", hint="pipe in text") from None


class _Output(Protocol):
    def begin(self, model: str, kept: KeptAnswer) -> None: ...
    def show(self, event: StreamEvent | ToolResult) -> None: ...
    def asking(self) -> AbstractContextManager[object]: ...
    def end(self, model: str) -> None: ...
    def fail(self, error: errors.LlmLsError) -> None: ...


class _Json:
    """Chat events as `editors/PROTOCOL.md` has them, one a line."""

    def begin(self, model: str, kept: KeptAnswer) -> None:
        ids = {"conversationId": kept.conversation, "questionId": kept.question_id}
        named = {name: id for name, id in ids.items() if id}
        self._print({"type": "message_start", "messageId": kept.answer_id, **named, "model": model})

    def show(self, event: StreamEvent | ToolResult) -> None:
        value = to_chat_event(event)
        if value is not None:
            self._print(value)

    def asking(self) -> AbstractContextManager[object]:
        return nullcontext()

    def end(self, model: str) -> None:
        pass

    def fail(self, error: errors.LlmLsError) -> None:
        self._print(to_error_event(error))

    def _print(self, value: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


@attrs.define
class _Text:
    """The answer's text; on a terminal its thinking too, dimmed, and what it cost and is kept as.

    Attributes:
        on_terminal: Whether stdout is one. There, control characters are left out: no model may drive it.
    """

    on_terminal: bool
    _answer: chat.Answer = attrs.field(factory=chat.Answer)
    _thinking: bool = False
    _last: str = "\n"
    _conversation: str = ""
    _calls: dict[str, ToolCall] = attrs.field(factory=dict[str, ToolCall])
    _results: list[str] = attrs.field(factory=list[str])
    _asking: bool = False

    @classmethod
    def on_this_terminal(cls) -> "_Text":
        stdout: object = sys.stdout
        if isinstance(stdout, io.TextIOWrapper):
            stdout.reconfigure(encoding="utf-8", errors="replace")
        return cls(sys.stdout.isatty())

    def begin(self, model: str, kept: KeptAnswer) -> None:  # noqa: ARG002 - it is said at the end
        self._conversation = kept.conversation

    def show(self, event: StreamEvent | ToolResult) -> None:
        if not isinstance(event, ToolResult):
            self._answer.add(event)
        match event:
            case messages.TextDelta(text):
                self._write(text, thinking=False)
            case messages.ThinkingDelta(text) if self.on_terminal:
                self._write(text, thinking=True)
            case messages.ToolUseEnd(call):
                self._calls[call.id] = call
            case ToolResult(id):
                self._finish_line()  # what follows is of another round
                note = chat_answer.of_call(self._calls.get(id, ToolCall(id, "a tool", {})), event)
                self._results.append(tables.harmless(f"→ {note.text}"))
                self._show_results()
            case messages.Notice(_, message):
                click.echo(tables.harmless(message), err=True)
            case _:
                pass

    @contextmanager
    def asking(self) -> Generator[None]:
        """Results that come while a question stands there wait for its answer."""
        self._finish_line()
        self._asking = True
        try:
            yield
        finally:
            self._asking = False
        self._show_results()

    def end(self, model: str) -> None:
        self._finish_line()
        usage, who = self._answer.usage, self._answer.answering or model
        if self.on_terminal and sys.stderr.isatty():
            cost = f", {messages.money(usage.cost_usd)}" if usage.cost_usd else ""
            took = f"{who}: {usage.input_tokens} tokens in, {usage.output_tokens} out{cost}"
            kept = f" · conversation {self._conversation}" if self._conversation else ""
            click.secho(f"{took}{kept}", dim=True, err=True)

    def fail(self, error: errors.LlmLsError) -> None:  # noqa: ARG002 - said by whoever catches it
        self._finish_line()

    def _write(self, text: str, *, thinking: bool) -> None:
        if self.on_terminal:
            text = tables.harmless(text)
            if thinking != self._thinking:
                self._finish_line()
                self._thinking = thinking
        if text:
            self._last = text[-1]
            sys.stdout.write(click.style(text, dim=True) if thinking else text)
            sys.stdout.flush()

    def _finish_line(self) -> None:
        if self._last != "\n":
            sys.stdout.write("\n")
            sys.stdout.flush()
            self._last = "\n"

    def _show_results(self) -> None:
        if not self._asking:
            for line in self._results:
                click.secho(line, dim=True, err=True)
            self._results.clear()
