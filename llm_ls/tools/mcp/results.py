"""What an MCP server answers to a call, as text for a model: without the keys that it was given, and not for ever."""

import json
from collections.abc import Iterator

import mcp_types as types

from llm_ls.auth.redaction import without_held

MOST_CHARACTERS = 200_000
"""More than any model is told."""


def text(result: types.CallToolResult) -> str:
    """The text parts, joined; what is no text is named. Without any part, the structured result as JSON."""
    if not result.content and result.structured_content is not None:
        whole = json.dumps(result.structured_content, ensure_ascii=False)
    else:
        whole = "\n".join(_parts(result))
    more = len(whole) - MOST_CHARACTERS
    shown = without_held(whole[:MOST_CHARACTERS])
    return shown if more <= 0 else f"{shown}\n[{more:,} more characters left out]"


def _parts(result: types.CallToolResult) -> Iterator[str]:
    for part in result.content:
        match part:
            case types.TextContent():
                yield part.text
            case types.ImageContent() | types.AudioContent():
                yield f"[{part.type}: {part.mime_type}, {_bytes(part.data)}]"
            case types.ResourceLink():
                yield f"[resource {part.name}: {part.uri}]"
            case types.EmbeddedResource(resource=types.TextResourceContents() as resource):
                yield f"[resource {resource.uri}]\n{resource.text}"
            case types.EmbeddedResource(resource=types.BlobResourceContents() as resource):
                yield f"[resource {resource.uri}: {resource.mime_type or 'of some type'}, {_bytes(resource.blob)}]"
            case _:
                pass


def _bytes(base64: str) -> str:
    return f"{len(base64.rstrip('=')) * 3 // 4:,} bytes"
