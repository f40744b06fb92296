"""A chat where something is missing, old, or in the way."""

from pathlib import Path

from tests.rigs import nvim
from tests.rigs.nvim_screen import neovim
from tests.rigs.openai import END, environment, whole, words
from tests.rigs.terminal import ESC
from tests.rigs.vendor import PAUSE, LoopbackVendor

HERE = Path(__file__).parent / "plugin"
SEND = "\x13"


async def test_a_question_without_a_server_is_kept_and_says_how_to_install_one(tmp_path: Path) -> None:
    async with neovim(tmp_path, {}, lines=40) as screen:
        screen.command("lua vim.lsp.config('llm_ls', {cmd = {'no-such-llm-ls'}})")
        screen.command("Llm restart")
        screen.command("Llm chat What is it?")
        await screen.shows("What is it?", "cannot run", "no-such-llm-ls", "uv tool install .", "asks again")
        screen.command("qa!")
        await screen.ended()


async def test_a_question_without_a_credential_says_how_to_get_one(tmp_path: Path) -> None:
    async with neovim(tmp_path, {"LLM_LS_MODEL": "openai/gpt-test"}, lines=40) as screen:
        screen.command("Llm chat What is it?")
        await screen.shows("What is it?", "OPENAI_API_KEY", "asks again")
        screen.command("qa!")
        await screen.ended()


async def test_a_server_that_is_too_old_to_preview_says_so(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Seven."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat What is it?")
        await screen.shows("out tokens")
        screen.command(
            "lua local methods = require('llm-ls.client').get().server_capabilities.experimental['llm-ls'].methods"
            " for i, name in ipairs(methods) do if name == 'llm-ls/preview' then table.remove(methods, i) end end"
        )
        screen.keys("gd")
        await screen.shows("too old for this", "uv tool upgrade")
        screen.keys("\r")
        screen.command("qa!")
        await screen.ended()


async def test_an_action_asks_about_what_is_attached_in_words_of_the_server(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("It adds."))
    vendor.says(*whole("Yes."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command(
            "lua local chat = require('llm-ls.chat'); chat.open({action = 'explain', items = chat.items(0, 1, 2)})"
        )
        await screen.shows("## You  explain", "▸ attached: sum.py, lines 1 to 2", "It adds.", "out tokens")
        screen.keys("GiSure?", SEND)
        await screen.shows("Yes.")
        screen.command("qa!")
        await screen.ended()

    first, second = (request.json["messages"][1:] for request in vendor.requests if "messages" in request.json)
    assert "return a - b" in first[0]["content"]
    assert len(first[0]["content"].splitlines()) > 4
    assert [message["role"] for message in second] == ["user", "assistant", "user"]


async def test_llm_stop_stops_a_chat_and_a_question_meanwhile_is_refused(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("On and on "), PAUSE)
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat What?")
        await screen.shows("On and on")
        screen.keys("\r")
        await screen.shows("the answer is still coming")
        screen.command("Llm stop")
        await screen.shows("Stopped.")
        await vendor.client_closed()
        screen.command("qa!")
        await screen.ended()


async def test_it_opens_where_the_command_says_and_closes_as_the_last_window(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*words("It is "), PAUSE, *words("seven."), *END)
    async with neovim(tmp_path, environment(vendor)) as screen:
        screen.command("tab Llm chat")
        tab = await screen.shows("## You", "-- INSERT --")
        screen.keys("Kept?", ESC)
        await screen.shows("Kept?")
        screen.command("tabonly")
        await screen.hides("l//1")
        screen.keys("\x03")
        await screen.hides("Kept?")
        screen.command("Llm chat")
        await screen.shows("Kept?", "-- INSERT --")
        screen.keys(ESC)
        screen.command("qa!")
        await screen.ended()

    assert "return a - b" not in tab


async def test_an_answer_is_asked_for_again_while_it_still_comes(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*words("On and on "), PAUSE)
    vendor.says(*whole("Short."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat What?")
        await screen.shows("On and on")
        screen.keys("gr")
        await vendor.client_closed()
        again = await screen.shows("Short.", "out tokens")
        screen.command("qa!")
        await screen.ended()

    assert "On and on" not in again
    assert again.count("## You") == 2


async def test_a_deleted_question_is_sent_no_more_with_all_that_came_after(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    for said in ("One.", "Two.", "Three."):
        vendor.says(*whole(said))
    async with neovim(tmp_path, environment(vendor), lines=60) as screen:
        screen.command("Llm chat first?")
        await screen.shows("One.", "out tokens")
        screen.keys("Gisecond?", SEND)
        await screen.until(lambda shown: shown.count("out tokens") == 2, "both are answered")
        screen.command("g/second?/d")
        await screen.hides("\nsecond?")
        screen.keys("Githird?", SEND)
        kept = await screen.shows("Three.", "out tokens", "One.", "stays in the conversation")
        screen.command("qa!")
        await screen.ended()

    messages = vendor.requests[-1].json["messages"][1:]
    assert [message["content"] for message in messages] == ["first?", "One.", "third?"]
    assert "Two." not in kept


async def test_what_the_user_changed_is_what_is_sent_where_the_server_cannot_keep_a_conversation(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("It is seven."))
    (tmp_path / "file").touch()
    nowhere = {"XDG_DATA_HOME": f"{tmp_path}/file"}
    async with neovim(tmp_path, {**environment(vendor), **nowhere}, lines=40) as screen:
        screen.command("Llm chat What is it?")
        await screen.shows("It is seven.", "out tokens")
        screen.command("%s/seven/eight/")
        screen.keys("GiAnd then?", SEND)
        await screen.until(lambda shown: shown.count("out tokens") == 2, "both are answered")
        screen.command("qa!")
        await screen.ended()

    messages = vendor.requests[-1].json["messages"][1:]
    assert [message["content"] for message in messages] == ["What is it?", "It is eight.", "And then?"]


async def test_a_chat_that_was_wiped_is_opened_anew(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("One."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat first?")
        await screen.shows("One.", "out tokens")
        screen.command("bwipeout!")
        await screen.hides("One.")
        screen.command("Llm chat second?")
        anew = await screen.shows("second?", "One.", "llm-chat://2")
        screen.command("qa!")
        await screen.ended()

    assert "first?" not in anew


async def test_what_is_attached_is_sent_as_it_is_at_that_moment(vendor: LoopbackVendor) -> None:
    vendor.says(*whole("One."))
    await nvim.play(HERE / "chat_fresh.lua", environment=environment(vendor), plugin=True)

    first, _, second = (message["content"] for message in vendor.requests[-1].json["messages"][1:])
    assert "b = 2\n" in first
    assert "a = 1" not in first
    assert "b = 22" in second
    assert "a = 1" not in second


async def test_the_option_says_where_a_chat_opens(tmp_path: Path) -> None:
    async with neovim(tmp_path, {}) as screen:
        screen.command("lua vim.g.llm_ls = {chat = {split = 'tab'}}")
        screen.command("Llm chat")
        await screen.shows("## You", "-- INSERT --")
        await screen.hides("return a - b")
        screen.command("qa!")
        await screen.ended()


async def test_what_an_answer_cost_is_said_once_also_below_a_block(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("```\ncode\n```\n\n"))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat What?")
        await screen.shows("code", "out tokens")
        screen.command("wincmd p")
        screen.keys("Vj:Llm chat\r")
        attached = await screen.shows("▸ attached: sum.py, lines 1 to 2", "out tokens", "-- INSERT --")
        screen.keys(ESC)
        await screen.hides("-- INSERT --")
        screen.keys("gr")
        await screen.shows("q stops")
        again = await screen.shows("<CR> sends", "▸ attached: sum.py, lines 1 to 2", "out tokens")
        screen.command("qa!")
        await screen.ended()

    assert attached.count("out tokens") == 1
    assert again.count("out tokens") == 1


async def test_the_prompt_is_in_view_after_a_long_answer(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("One\n\nTwo\n\n```\ncode\n```\n\nThree\n\n```\ncode\n```\n"))
    async with neovim(tmp_path, environment(vendor)) as screen:
        screen.command("Llm chat What?")
        seen = await screen.shows("out tokens", "<CR> sends")
        screen.keys("iHere I write.")
        await screen.shows("## You", "Here I write.")
        screen.keys(ESC)
        screen.command("qa!")
        await screen.ended()

    assert " Bot" in seen


async def test_no_character_of_an_answer_is_hidden(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.says(*whole("Then x[0] is 2*3*4, and `a` is **b**."))
    async with neovim(tmp_path, environment(vendor), lines=40) as screen:
        screen.command("Llm chat What?")
        await screen.shows("Then x[0] is 2*3*4, and `a` is **b**.", "out tokens")
        screen.command("qa!")
        await screen.ended()


async def test_what_stands_in_one_line_is_cut_where_a_narrow_window_ends(
    tmp_path: Path, vendor: LoopbackVendor
) -> None:
    vendor.says(*whole("Yes."))
    name = "a_file_with_quite_a_long_name_of_its_own.py"
    async with neovim(
        tmp_path, environment(vendor), files={"sum.py": "x = 1\n", name: "y = 2\n"}, lines=40, columns=36
    ) as screen:
        screen.command(f"Llm chat @sum.py, @{name}?")
        await screen.shows("## You  [sum.py · 2 tok] [a_file_wi…\n", "\nopenai/gpt-test · 12 in, 5 out toke…\n")
        await screen.shows("\n openai/gpt… · <CR> sends · g? keys")
        screen.command("qa!")
        await screen.ended()


async def test_thinking_that_has_to_be_sent_back_is(tmp_path: Path, vendor: LoopbackVendor) -> None:
    vendor.plays("anthropic/thinking.sse")
    given = {
        "ANTHROPIC_BASE_URL": vendor.url,
        "ANTHROPIC_API_KEY": "sk-ant-test",
        "LLM_LS_MODEL": "anthropic/claude-sonnet-4-5",
    }
    async with neovim(tmp_path, given, lines=50) as screen:
        screen.command("Llm chat What?")
        await screen.shows("▸ thinking, ", "out tokens")
        screen.keys("Gisecond?", SEND)
        await screen.until(lambda shown: shown.count("out tokens") == 2, "both are answered")
        screen.command("qa!")
        await screen.ended()

    second = vendor.requests[1].json["messages"][1]["content"]
    assert [block["type"] for block in second] == ["thinking", "redacted_thinking", "text"]
