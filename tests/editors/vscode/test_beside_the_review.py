"""What people do in VS Code around the review of an edit: choose a model, stop, read, commit, work in notebooks."""

from pathlib import Path

from tests.editors.vscode.test_review import BEFORE, MEAN, SPREAD, TOTAL, mended
from tests.rigs.code_server import VSCode
from tests.rigs.openai import END, environment, whole, words
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent


async def test_a_model_is_chosen_and_explains_beside_the_code(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.models = ("gpt-test", "gpt-other")
    vendor.says(*whole("It **adds**."))
    seen = await vscode.play(HERE / "models.mjs", environment=environment(vendor))

    assert any("Usage" in row for row in seen["menu"])
    assert all("price unknown" in row for row in seen["models"])
    assert (await vendor.asked()).json["model"] == "gpt-other"
    assert seen["code"] == "def add(a, b):\n    # still herereturn a + b\n"


async def test_an_edit_is_seen_as_it_comes_and_stopping_it_changes_nothing(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("```python\n", "def add(a, b):\n"), PAUSE, *END)
    seen = await vscode.play(HERE / "stopped_edit.mjs", environment=environment(vendor))

    assert "def add(a, b):" in seen["beside"]
    assert seen["unchanged"]
    assert await vendor.client_closed()


async def test_edits_of_several_files_wait_until_each_is_decided(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole(f"```python\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"))
    seen = await vscode.play(HERE / "pending.mjs", environment=environment(vendor))

    assert [row.partition(".py")[0] for row in seen["listed"]] == ["one", "two"]
    assert seen["accepted"] == mended(BEFORE, TOTAL, MEAN, SPREAD)
    assert seen["rejected"] == BEFORE
    assert seen["messages"] == []


async def test_a_commit_message_comes_into_its_box_and_what_was_typed_comes_back_if_it_does_not(
    vscode: VSCode, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("Add a "), PAUSE, *END)
    vendor.says(*whole("Add a ", "sum"))
    seen = await vscode.play(HERE / "commit_message.mjs", environment=environment(vendor))

    assert seen["nothingStaged"].startswith("llm-ls: Nothing is staged.")


async def test_a_cell_of_a_notebook_is_edited_by_a_diff(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("```python\ndef add(a, b):\n    return a + b\n```\n"))
    seen = await vscode.play(HERE / "notebook.mjs", environment=environment(vendor))

    assert seen["messages"] == []
