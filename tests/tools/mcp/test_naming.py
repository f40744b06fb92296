"""What a model calls the tools of MCP servers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from llm_ls.tools.mcp.naming import names

OWN = ("read_file", "list_files", "search_text", "find_symbols", "diagnostics", "git_diff", "git_log", "propose_edit")


def test_plain_names_stay_as_they_are() -> None:
    assert names([("github", "create_issue"), ("a-b", "c-d")]) == {
        ("github", "create_issue"): "github__create_issue",
        ("a-b", "c-d"): "a-b__c-d",
    }


def test_what_is_cleaned_or_cut_is_told_apart_by_its_end() -> None:
    found = names([("my server", "a.b"), ("my_server", "a_b"), ("my server", "a b"), ("s", "x" * 100)])

    assert found["my_server", "a_b"] == "my_server__a_b"
    assert re.fullmatch("my_server__a_b_[0-9a-f]{6}", found["my server", "a.b"])
    assert len(set(found.values())) == 4
    assert len(found["s", "x" * 100]) == 64


def test_a_name_does_not_depend_on_what_else_there_is() -> None:
    alone = names([("my server", "a.b")])

    assert names([("other", "a.b"), ("my server", "z"), ("my server", "a.b")]).items() >= alone.items()


def test_two_that_are_called_the_same_are_told_apart() -> None:
    first, second = names([("a", "b__c"), ("a__b", "c")]).values()

    assert first == "a__b__c"
    assert second != first


@given(
    st.lists(st.tuples(st.from_regex("[A-Za-z0-9][A-Za-z0-9 ._-]*", fullmatch=True), st.text(max_size=80)), max_size=20)
)
def test_every_name_is_one_that_vendors_take_and_none_of_ours(tools: list[tuple[str, str]]) -> None:
    found = list(names(tools).values())

    assert all(re.fullmatch("[A-Za-z0-9_-]{1,64}", name) for name in found)
    assert len(set(found)) == len(found)
    assert not set(found) & set(OWN)
    assert all("__" in name for name in found)
