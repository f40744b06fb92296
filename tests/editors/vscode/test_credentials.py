"""Keys and sign-ins through VS Code's own boxes and dialogs; what is secret is in no file that VS Code writes."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.editors.vscode.test_review import BEFORE, MEAN, SPREAD, TOTAL, mended
from tests.rigs.code_server import VSCode
from tests.rigs.github import CLIENT_ID, PAGE, GitHub
from tests.rigs.openai import whole
from tests.rigs.vendor import LoopbackVendor

HERE = Path(__file__).parent
KEY = "sk-typed-into-the-box-0123456789"


async def test_a_key_is_tried_kept_and_used_and_is_in_no_log_or_setting(vscode: VSCode, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Yes."))
    vendor.says(*whole("Hello."))
    seen = await vscode.play(
        HERE / "key.mjs",
        environment={"OPENAI_BASE_URL": f"{vendor.url}/v1", "LLM_LS_MODEL": "openai/gpt-test", "LLM_LS_LOG": "debug"},
        settings={"llm-ls.trace.server": "verbose"},
        given={"key": KEY},
    )

    assert "the key of OpenAI is kept in a file, as plain text" in seen["said"]
    assert vendor.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert seen["logs"]
    assert seen["holders"] == []


async def test_a_device_sign_in_through_the_dialogs(vscode: VSCode) -> None:
    async with GitHub() as github:
        github.interval = 1
        github.answer = f"```python\n{mended(BEFORE, TOTAL, MEAN, SPREAD)}```\n"
        seen = await vscode.play(
            HERE / "sign_in.mjs",
            settings={
                "llm-ls.model": "github-copilot/gpt-4.1",
                "llm-ls.providers": {"github-copilot": {"domain": github.url, "clientId": CLIENT_ID}},
                "llm-ls.trace.server": "verbose",
            },
        )

    assert seen["url"].endswith(f"{urlsplit(github.url).port}{PAGE}")
    assert "is signed in to github-copilot as octocat" in seen["said"]
    assert seen["after"] == mended(BEFORE, TOTAL, MEAN, SPREAD)
