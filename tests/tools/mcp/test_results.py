"""What an MCP server answers, as text."""

import mcp_types as types
import pytest

from llm_ls.tools.mcp import results


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (types.CallToolResult(content=[]), ""),
        (types.CallToolResult(content=[types.TextContent(text="a"), types.TextContent(text="b")]), "a\nb"),
        (types.CallToolResult(content=[], structured_content={"é": [1]}), '{"é": [1]}'),
        (types.CallToolResult(content=[types.TextContent(text="a")], structured_content={"b": 1}), "a"),
        (
            types.CallToolResult(content=[types.ImageContent(data="AAAA", mime_type="image/png")]),
            "[image: image/png, 3 bytes]",
        ),
        (
            types.CallToolResult(content=[types.AudioContent(data="AA==", mime_type="audio/wav")]),
            "[audio: audio/wav, 1 bytes]",
        ),
        (
            types.CallToolResult(content=[types.ResourceLink(name="log", uri="file:///log")]),
            "[resource log: file:///log]",
        ),
        (
            types.CallToolResult(
                content=[types.EmbeddedResource(resource=types.TextResourceContents(uri="a:b", text="c"))]
            ),
            "[resource a:b]\nc",
        ),
        (
            types.CallToolResult(
                content=[types.EmbeddedResource(resource=types.BlobResourceContents(uri="a:b", blob="AAAA"))]
            ),
            "[resource a:b: of some type, 3 bytes]",
        ),
    ],
)
def test_joins_text_and_names_the_rest(result: types.CallToolResult, text: str) -> None:
    assert results.text(result) == text
