"""`llm-ls chat`: one question, and the answer as it arrives."""

import asyncio
import io
import json
import secrets
import sys
import unicodedata
from contextlib import aclosing
from typing import Any, Protocol

import attrs
import click

from llm_ls import errors, messages
from llm_ls.cli import configured
from llm_ls.features import chat
from llm_ls.messages import StreamEvent
from llm_ls.protocol.chat_events import to_chat_event, to_error_event


@click.command()
@click.argument("prompt", nargs=-1)
@click.option("-m", "--model", metavar="MODEL", help='As "provider/model", or one of fast, mid and best.')
@click.option("--json", "as_json", is_flag=True, help="Print the events, one JSON object a line.")
def command(prompt: tuple[str, ...], model: str | None, as_json: bool) -> None:
    """Ask a model; the answer streams to the terminal.

    What comes on stdin is added to PROMPT: `git diff | llm-ls chat review this`.
    """
    question = "\n\n".join(filter(None, (" ".join(prompt), _piped())))
    if not question.strip():
        raise click.UsageError("there is no question: give PROMPT, or pipe it in")
    asyncio.run(_ask(question, model, _Json() if as_json else _Text.on_this_terminal()))


async def _ask(question: str, name: str | None, output: "_Output") -> None:
    try:
        async with configured.chosen(name) as model:
            output.begin(model.name)
            async with aclosing(model.stream(chat.request(chat.Question((messages.user(question),))))) as events:
                async for event in events:
                    output.show(event)
            output.end(model.name)
    except errors.LlmLsError as error:
        output.fail(error)
        raise


def _piped() -> str:
    """What somebody pipes in; nothing when stdin is a terminal, or closed."""
    if sys.stdin is None or sys.stdin.isatty():  # pyright: ignore[reportUnnecessaryComparison]: None when closed
        return ""
    try:
        return sys.stdin.buffer.read().decode("utf-8").strip()
    except UnicodeDecodeError:
        raise errors.InvalidRequest("what came on stdin is not UTF-8 text", hint="pipe in text") from None


class _Output(Protocol):
    def begin(self, model: str) -> None: ...
    def show(self, event: StreamEvent) -> None: ...
    def end(self, model: str) -> None: ...
    def fail(self, error: errors.LlmLsError) -> None: ...


class _Json:
    """Chat events as `editors/PROTOCOL.md` has them, one a line."""

    def begin(self, model: str) -> None:
        self._print({"type": "message_start", "messageId": f"message-{secrets.token_hex(8)}", "model": model})

    def show(self, event: StreamEvent) -> None:
        value = to_chat_event(event)
        if value is not None:
            self._print(value)

    def end(self, model: str) -> None:
        pass

    def fail(self, error: errors.LlmLsError) -> None:
        self._print(to_error_event(error))

    def _print(self, value: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


@attrs.define
class _Text:
    """The answer's text; on a terminal its thinking too, dimmed, and what it cost.

    Attributes:
        on_terminal: Whether stdout is one. There, control characters are left out: no model may drive it.
    """

    on_terminal: bool
    _answer: chat.Answer = attrs.field(factory=chat.Answer)
    _thinking: bool = False
    _last: str = "\n"

    @classmethod
    def on_this_terminal(cls) -> "_Text":
        stdout: object = sys.stdout
        if isinstance(stdout, io.TextIOWrapper):
            stdout.reconfigure(encoding="utf-8", errors="replace")
        return cls(sys.stdout.isatty())

    def begin(self, model: str) -> None:
        pass

    def show(self, event: StreamEvent) -> None:
        self._answer.add(event)
        match event:
            case messages.TextDelta(text):
                self._write(text, thinking=False)
            case messages.ThinkingDelta(text) if self.on_terminal:
                self._write(text, thinking=True)
            case messages.Notice(_, message):
                click.echo("".join(filter(_is_harmless, message)), err=True)
            case _:
                pass

    def end(self, model: str) -> None:
        self._finish_line()
        usage, who = self._answer.usage, self._answer.answering or model
        if self.on_terminal and sys.stderr.isatty():
            cost = f", {messages.money(usage.cost_usd)}" if usage.cost_usd else ""
            click.secho(f"{who}: {usage.input_tokens} tokens in, {usage.output_tokens} out{cost}", dim=True, err=True)

    def fail(self, error: errors.LlmLsError) -> None:  # noqa: ARG002 - said by whoever catches it
        self._finish_line()

    def _write(self, text: str, *, thinking: bool) -> None:
        if self.on_terminal:
            text = "".join(filter(_is_harmless, text))
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


def _is_harmless(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) != "Cc"
