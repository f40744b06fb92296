"""`llm-ls`: serves an editor on stdio at once; everything else goes to the command line."""

import sys


def main() -> int:
    """Run what `sys.argv` asks for; the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from llm_ls import __version__

        sys.stdout.write(f"llm-ls {__version__}\n")
        return 0
    serving, client_process_id = _serves_stdio(arguments)
    if serving:
        from llm_ls import front_door

        return front_door.serve_stdio(client_process_id)
    from llm_ls.cli.main import run

    run()
    return 0


def _serves_stdio(arguments: list[str]) -> tuple[bool, int | None]:
    """Whether an editor started us, and the process that it wants watched.

    llm.nvim starts a server bare, copilot.vim appends `--stdio` even where it is given already (2026-11).
    """
    client_process_id = None
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name == "--clientProcessId":
            value = value if equals else next(rest, "")
            if not (value.isascii() and value.isdigit()):
                return False, None
            client_process_id = int(value)
        elif argument != "--stdio":
            return False, None
    return True, client_process_id


if __name__ == "__main__":
    sys.exit(main())
