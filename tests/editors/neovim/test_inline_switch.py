"""`:Llm inline`: suggestions are turned on and off, and it says no more than the plugin can know."""

from pathlib import Path

from tests.rigs.nvim_typing import Typing, typing
from tests.rigs.openai import environment, whole
from tests.rigs.vendor import LoopbackVendor

REQUEST = "textDocument/inlineCompletion"
PYTHON = 'where the filetype is "python"'
BUFFER = "in this buffer (vim.b.llm_inline)"
SETTINGS = "settings may have none for this language, project or file"


async def told(person: Typing, command: str) -> str:
    """What the plugin says to `command`."""
    told_by = (
        "lua vim.notify = function(said) vim.fn.writefile({ said }, 'told') vim.cmd.echo('\"it\" \"is told\"') end"
    )
    (person.screen.project / "told").unlink(missing_ok=True)
    person.screen.command("echo ''")
    await person.screen.hides("it is told")
    person.screen.command(told_by)
    person.screen.command(command)
    await person.screen.shows("it is told")
    return (person.screen.project / "told").read_text(encoding="utf-8").strip().removeprefix("llm-ls: ")


async def test_what_is_said_of_a_buffer_counts_more_than_of_its_filetype_and_that_more_than_of_all(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("a + b"))
    async with typing(tmp_path, environment(vendor)) as person:
        said = {
            command: await told(person, f"Llm inline {command}")
            for command in (
                "off",
                "on filetype",
                "toggle buffer",
                "off global",
                "on global",
                "toggle filetype",
                "default buffer",
                "on",
                "default filetype",
                "default",
                "off filetype",
            )
        }
        person.screen.keys("2GA ")
        person.screen.command("sleep 500m")
        asked_while_off = person.sent(REQUEST)
        person.screen.command("Llm inline on filetype")
        person.screen.keys("A")
        await person.screen.shows("return a + b")

    assert said == {
        "off": "suggestions are off",
        "on filetype": f"suggestions are asked for {PYTHON}",
        "toggle buffer": f"suggestions are off {BUFFER}",
        "off global": f"turned off where nothing else is said; suggestions are off {BUFFER}",
        "on global": f"turned on where nothing else is said; suggestions are off {BUFFER}",
        "toggle filetype": f"turned off {PYTHON}; suggestions are off {BUFFER}",
        "default buffer": f"suggestions are off {PYTHON}",
        "on": f"turned on where nothing else is said; suggestions are off {PYTHON}",
        "default filetype": "suggestions are asked for",
        "default": "suggestions are asked for",
        "off filetype": f"suggestions are off {PYTHON}",
    }
    assert asked_while_off == []


async def test_without_a_word_it_says_how_it_stands_and_a_wrong_one_how_it_is_used(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    async with typing(tmp_path, environment(vendor)) as person:
        by_all = await told(person, "Llm inline")
        by_buffer = await told(person, "let b:llm_inline = v:true | Llm inline")
        off = await told(person, "let b:llm_inline = v:false | Llm inline")
        wrong = await told(person, "Llm inline nowhere")
        elsewhere = await told(person, "help | Llm inline")

    assert by_all == f"suggestions are asked for; {SETTINGS}"
    assert by_buffer == f"suggestions are asked for {BUFFER}; {SETTINGS}"
    assert off == f"suggestions are off {BUFFER}"
    assert wrong == "usage: :Llm inline [on|off|toggle|default] [global|filetype|buffer]"
    assert elsewhere == f"suggestions are asked for; {SETTINGS}; llm-ls does not know this buffer"


async def test_no_model_is_told_with_it(tmp_path: Path) -> None:
    async with typing(tmp_path, {}) as person:
        person.screen.command("lua vim.wait(9000, function() return require('llm-ls.client').status ~= nil end)")
        how = await told(person, "Llm inline")
        on = await told(person, "Llm inline on")
        off = await told(person, "Llm inline off")

    assert how == f"suggestions are asked for; {SETTINGS}; no model is configured"
    assert on == "suggestions are asked for; no model is configured"
    assert off == "suggestions are off"


async def test_the_last_failure_is_told_with_it(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.refuses(401, {"error": {"message": "Incorrect API key provided"}})
    async with typing(tmp_path, environment(vendor)) as person:
        person.screen.keys("2GA ")
        await person.screen.shows("openai refused the credential")
        how = await told(person, "Llm inline")

    assert how.startswith(f"suggestions are asked for; {SETTINGS}; the last request failed: ")
    assert "openai refused the credential" in how
