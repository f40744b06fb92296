"""`llm-ls` on the command line: which command, how a failure reads, and the exit code.

A command's module is imported when the command runs, so that `llm-ls --help` is quick.
"""

import difflib
import importlib
import os
import re
import sys
from pathlib import Path

import attrs
import click

from llm_ls import __version__, errors, front_door


@attrs.frozen
class Row:
    """A command: where it is, as `module:name`, and what `--help` says of it."""

    place: str
    help: str


COMMANDS = {
    "auth": Row("llm_ls.cli.login:auth", "List who is signed in, and where credentials come from."),
    "chat": Row("llm_ls.cli.chat:command", "Ask a model; the answer streams to the terminal."),
    "config": Row("llm_ls.cli.editor_config:command", "Print the configuration for an editor."),
    "conversations": Row("llm_ls.cli.conversations:command", "List, show, export, rename and delete conversations."),
    "demo": Row("llm_ls.cli.demo:command", "Show the main job, on an embedded model."),
    "doctor": Row("llm_ls.cli.doctor.command:command", "Check everything that llm-ls needs to answer."),
    "keys": Row("llm_ls.cli.keys:command", "Keep, list and delete keys of providers."),
    "login": Row("llm_ls.cli.login:login", "Sign in to a provider."),
    "logout": Row("llm_ls.cli.login:logout", "Sign out of a provider."),
    "models": Row("llm_ls.cli.listings:models", "List the models there are."),
    "permissions": Row("llm_ls.cli.permissions:command", "List and take back what tools may do without asking."),
    "providers": Row("llm_ls.cli.listings:providers", "List the providers and where their credentials come from."),
    "usage": Row("llm_ls.cli.usage:command", "Show what requests took, in tokens and money."),
}


def run() -> None:
    """Do what `sys.argv` asks, then exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    sys.exit(exit_code(sys.argv[1:]))


def exit_code(arguments: list[str]) -> int:
    """Do what `arguments` ask; a failure is one sentence on stderr."""
    try:
        code = root.main(arguments, prog_name="llm-ls", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except errors.LlmLsError as error:
        click.echo(error.sentence, err=True)
        return 1
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody reads what is still to be flushed at exit
        return 1
    return code if isinstance(code, int) else 0


class _Commands(click.Group):
    """The commands of `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = COMMANDS.get(cmd_name)
        if row is None:
            near = difflib.get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"there is no command {cmd_name!r}{hint}", ctx)
        from llm_ls.protocol import log  # not for `--help`, to which no secret is known

        log.to_stderr()
        module, _, name = row.place.partition(":")
        return getattr(importlib.import_module(module), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, without loading the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


class _Address(click.ParamType[tuple[str, int]]):
    """`HOST:PORT`; an IPv6 address stands in brackets, port 0 is any that is free."""

    name = "HOST:PORT"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%]+)\]|([^:\[\]]+)):([0-9]{1,5})", value)
        if found is None or int(found[3]) > 65535:
            self.fail(f"{value!r} is not HOST:PORT, such as 127.0.0.1:9257", param, ctx)
        return found[1] or found[2], int(found[3])


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="[OPTIONS]",
)
@click.option("--stdio", is_flag=True, help="Serve LSP on stdin and stdout, as without any option.")
@click.option("--tcp", type=_Address(), help="Serve LSP on a TCP port instead.")
@click.option("--ws", type=_Address(), help="Serve LSP on a WebSocket port instead.")
@click.option("--allow-remote", is_flag=True, help="Let other machines connect to the port.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the token that clients of the port must present to this file, instead of stderr.",
)
@click.option(
    "--clientProcessId",
    "client_process_id",
    type=click.IntRange(min=1),
    metavar="PID",
    help="End when that process does.",
)
@click.version_option(__version__, message="llm-ls %(version)s")
@click.pass_context
def root(
    ctx: click.Context,
    stdio: bool,
    tcp: tuple[str, int] | None,
    ws: tuple[str, int] | None,
    allow_remote: bool,
    token_file: Path | None,
    client_process_id: int | None,
) -> int | None:
    """A language server that gives any editor AI code actions and chat."""
    if ctx.invoked_subcommand is not None:
        return None
    address = tcp or ws
    if sum(map(bool, (stdio, tcp, ws))) > 1:
        raise click.UsageError("--stdio, --tcp and --ws exclude each other", ctx)
    if address is None:
        if allow_remote or token_file is not None:
            raise click.UsageError("--allow-remote and --token-file go with --tcp or --ws", ctx)
        return front_door.serve_stdio(client_process_id)
    from llm_ls.cli import serve

    serve.on_socket(serve.Place(*address, ws is not None, allow_remote, token_file, client_process_id))
    return None
