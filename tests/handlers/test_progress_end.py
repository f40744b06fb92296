"""Work that fails at once: what a client was asked to show has an end."""

from tests.rigs.editor import editor


async def test_a_progress_that_was_asked_for_begins_and_ends_before_the_failure_is_said() -> None:
    async with editor() as one:
        one.open("a = 1\n")
        await one.command("llm-ls.selectModel", {"model": "nobody/nothing"})
        await one.idle()
        await one.until(lambda: "window/showMessage" in [method for method, _ in one.said])
        order = [
            params["value"]["kind"] if method == "$/progress" else method
            for method, params in one.said
            if method in ("$/progress", "window/showMessage")
        ]

    assert order == ["begin", "end", "window/showMessage"]
