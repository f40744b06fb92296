"""Language servers that are not what an editor of ours expects.

python -m tests.rigs.foreign_server foreign|old|dying
"""

import json
import sys
from typing import Any

EXPERIMENTAL: dict[str, Any] = {
    "foreign": {},
    "old": {"experimental": {"llm-ls": {"version": "0.0.1", "methods": ["llm-ls/chat"]}}},
}


def main(kind: str) -> None:
    """Answer each request; `foreign` is of another program, `old` knows few methods, `dying` ends at once."""
    while kind != "dying" and (message := _read()):
        if "id" not in message:
            if message["method"] == "exit":
                return
            continue
        result: dict[str, Any] | None = None
        if message["method"] == "initialize":
            result = {"capabilities": {"textDocumentSync": 2, **EXPERIMENTAL[kind]}, "serverInfo": {"name": "llm-ls"}}
        _write({"jsonrpc": "2.0", "id": message["id"], "result": result})
    sys.exit(3)


def _read() -> dict[str, Any] | None:
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def _write(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
