"""`llm-ls/preview` shows what a question would send, and sends nothing."""

from pathlib import Path

import pytest

from tests.rigs.editor import URI, Refused, editor
from tests.rigs.openai import environment
from tests.rigs.vendor import LoopbackVendor

EXPECTED = """\
# What openai/gpt-test is sent

## Instructions

```
Rhyme.

The project says:

Write British English.
```

## Tool read

Reads a file.

```json
{
  "type": "object"
}
```

## User

```
One?
```

## Assistant

Calls read (t1):

```json
{
  "path": "a"
}
```

## User

````
sum.py:
```python
a = 1
```
````

Result of t1:

```
1
```

```
Two?
```

## Options

```json
{
  "temperature": 0.5
}
```
"""


async def test_shows_all_that_would_be_sent(vendor: LoopbackVendor, tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("Write British English.")
    params = {
        "system": "Rhyme.",
        "messages": [
            {"role": "user", "content": "One?"},
            {"role": "assistant", "content": "", "toolCalls": [{"id": "t1", "name": "read", "input": {"path": "a"}}]},
        ],
        "toolResults": [{"toolUseId": "t1", "content": "1"}],
        "message": "Two?",
        "context": [{"type": "file", "uri": URI}],
        "tools": [{"name": "read", "description": "Reads a file.", "inputSchema": {"type": "object"}}],
        "options": {"temperature": 0.5},
    }
    async with editor(environ=environment(vendor), folder=tmp_path) as one:
        one.open("a = 1\n")
        shown = await one.request("llm-ls/preview", params)

    assert shown["model"] == "openai/gpt-test"
    assert shown["text"] == EXPECTED
    assert vendor.requests == []


async def test_without_a_question_there_is_nothing_to_show(vendor: LoopbackVendor) -> None:
    async with editor(environ=environment(vendor)) as one:
        with pytest.raises(Refused, match="no question"):
            await one.request("llm-ls/preview", {})
