"""What of our environment an MCP server gets."""

from llm_ls.tools.mcp.environment import of_child

OURS = {
    "PATH": "/bin",
    "HOME": "/home/me",
    "LANG": "C",
    "LC_ALL": "C",
    "OPENAI_API_KEY": "sk-1",
    "GITHUB_TOKEN": "ghp-1",
    "HTTPS_PROXY": "http://me:secret@proxy",
    "SSH_AUTH_SOCK": "/run/agent",
    "PYTHONPATH": "/evil",
    "NODE_OPTIONS": "--require evil",
    "LD_PRELOAD": "evil.so",
}


def test_only_what_programs_need() -> None:
    assert of_child(OURS, (), {}) == {"PATH": "/bin", "HOME": "/home/me", "LANG": "C", "LC_ALL": "C"}


def test_what_is_named_and_given_comes_on_top() -> None:
    assert of_child(OURS, ("GITHUB_TOKEN", "NOT_THERE"), {"REGION": "eu", "LANG": "de"}) == {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LANG": "de",
        "LC_ALL": "C",
        "GITHUB_TOKEN": "ghp-1",
        "REGION": "eu",
    }
