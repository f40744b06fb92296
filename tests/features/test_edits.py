"""A code action from the selection to the text after it."""

import asyncio

import pytest

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document, Position, Span
from llm_ls.features import edits, hunks
from llm_ls.features.edits import Progress, Proposed, Shown, Unchanged
from llm_ls.features.plans import Plan, Terms, plan
from llm_ls.messages import MessageEnd, Notice, ThinkingDelta, Usage, UsageReport
from llm_ls.models import Model
from llm_ls.settings import CustomAction
from tests.rigs.marked import document, marked
from tests.rigs.models import Scripted

UNDEFINED = "name 'y' is not defined"


async def outcome_of(model: Model, work: Plan) -> Proposed | Unchanged:
    """The last thing `edit` yields."""
    *_, last = [step async for step in edits.edit(model, work, "p1")]
    assert isinstance(last, Proposed | Unchanged)
    return last


async def check(before: str, action: str, answer: tuple[str, ...], after: str, language_id: str = "python") -> None:
    """`«` and `»` mark the selection, `‸` a cursor; `action` is an action's id, or an instruction for `edit`."""
    text, span = marked(before, language_id)
    known = action in ("fix", "complete", "document", "")
    problems = (Diagnostic(span, UNDEFINED),) if action == "fix" else ()
    work = plan(
        (action or "edit") if known else "edit",
        text,
        span,
        diagnostics=problems,
        instruction="" if known else action,
    )
    outcome = await outcome_of(Scripted("test/model", *answer), work)
    landed = hunks.apply(text, outcome.proposal.hunks) if isinstance(outcome, Proposed) else text.text

    assert landed == after


async def test_replaces_only_the_selection() -> None:
    await check("a = «1 + 1»\n", "simplify", ("2",), "a = 2\n")


async def test_a_whole_line_for_part_of_it_does_no_harm() -> None:
    await check("a = «1 + 1»\n", "simplify", ("```py\n", "a = 2\n```"), "a = 2\n")


async def test_whole_lines_keep_their_line_end() -> None:
    await check("a = 0\n«b = 1\nc = 2\n»d = 3\n", "join", ("```\nb, c = 1, 2\n```\n",), "a = 0\nb, c = 1, 2\nd = 3\n")


async def test_the_last_line_stays_without_a_line_end() -> None:
    await check("«a = 1»", "two", ("```\na = 2\n```\n",), "a = 2")


async def test_carriage_returns_are_kept() -> None:
    await check("a\r\n«b\r\nc\r\n»d\r\n", "up", ("```\nB\nC\nX\n```",), "a\r\nB\r\nC\r\nX\r\nd\r\n")


async def test_an_indented_selection_stays_indented() -> None:
    await check("def f():\n    «return 1»\n", "two", ("```\nreturn 2\n```",), "def f():\n    return 2\n")


async def test_at_a_cursor_the_definition_around_it_is_edited() -> None:
    await check(
        "class A:\n    def f(self):\n        retu‸rn 1\n\n    def g(self): ...\n",
        "make it async",
        ("```python\nasync def f(self):\n    return 1\n```",),
        "class A:\n    async def f(self):\n        return 1\n\n    def g(self): ...\n",
    )


async def test_on_a_blank_line_new_code_is_inserted() -> None:
    await check("def f():\n‸\n", "return 1", ("```\nreturn 1\n```",), "def f():\n    return 1\n")


async def test_an_empty_document_can_be_written() -> None:
    await check("‸", "hello world", ("```python\nprint('hello')\n```",), "print('hello')")


async def test_a_comment_prompt_is_followed_and_removed() -> None:
    await check(
        "x = 0\n\n# llm: make it async\n‸def f():\n    return 1\n\ny = 1\n",
        "",
        ("```python\nasync def f():\n    return 1\n```",),
        "x = 0\n\nasync def f():\n    return 1\n\ny = 1\n",
    )


async def test_a_comment_prompt_in_the_selection_is_followed_and_removed() -> None:
    await check("«# llm: two\nx = 1\n»y = 1\n", "", ("x = 2",), "x = 2\ny = 1\n")


@pytest.mark.parametrize("text", ["a = 0\n# llm: add b‸", "a = 0\n# llm: add b‸\n", "a = 0\n# llm: add b‸\n\nc = 2\n"])
async def test_a_comment_prompt_alone_becomes_its_code(text: str) -> None:
    await check(text, "", ("```\nb = 1\n```",), text.replace("# llm: add b‸", "b = 1"))


async def test_a_problem_is_fixed_in_the_lines_around_it() -> None:
    await check("x = «y»\nz = 1\n", "fix", ("```\nx = 1\nz = 1\n```",), "x = 1\nz = 1\n")


async def test_a_stub_is_implemented() -> None:
    await check(
        "def one() -> int:\n    ‸pass\n",
        "complete",
        ("```python\ndef one() -> int:\n    return 1\n```",),
        "def one() -> int:\n    return 1\n",
    )


async def test_a_comment_is_implemented() -> None:
    await check("# the num‸ber one\n", "complete", ("# the number one\none = 1\n",), "# the number one\none = 1\n")


async def test_a_definition_is_documented() -> None:
    await check(
        "def one():\n    return ‸1\n",
        "document",
        ('```python\ndef one():\n    """One."""\n    return 1\n```',),
        'def one():\n    """One."""\n    return 1\n',
    )


async def test_the_whole_file_for_a_selection_does_no_harm() -> None:
    await check(
        "import os\n\nx = 1\n«y = 1\n»z = 1\n",
        "two",
        ("```python\nimport os\n\nx = 1\ny = 2\nz = 1\n```",),
        "import os\n\nx = 1\ny = 2\nz = 1\n",
    )


async def test_an_answer_that_is_the_text_as_it_was_says_so() -> None:
    work = plan("edit", *marked("«x = 1»\n"), instruction="improve")
    outcome = await outcome_of(Scripted("test/model", "```\nx = 1\n```"), work)

    assert isinstance(outcome, Unchanged)
    assert outcome.sentence == "test/model changed nothing."


async def test_the_proposal_says_what_it_is() -> None:
    text, span = marked("«x = 1»\n")
    usage = Usage(input_tokens=100, output_tokens=9)
    model = Scripted("test/model", "x = 2", UsageReport(usage))
    outcome = await outcome_of(model, plan("edit", text, span, instruction="two"))

    assert isinstance(outcome, Proposed)
    proposal = outcome.proposal
    assert proposal.plan is not None
    assert (proposal.id, proposal.title, proposal.model, proposal.summary) == ("p1", "Edit: two", "test/model", "+1 −1")
    assert (proposal.plan.instruction, proposal.plan.selection, proposal.usage) == ("two", span, usage)


async def test_progress_counts_thinking_and_text_and_hands_on_notices() -> None:
    notice = Notice("retry", "retrying in 1 s")
    model = Scripted("test/model", notice, ThinkingDelta("12345678"), "x = ", "2")
    work = plan("edit", *marked("«x = 1»\n"), instruction="two")
    steps = [step async for step in edits.edit(model, work, "p1")]

    assert steps[:-1] == [notice, Progress(2, ""), Progress(3, "x = "), Progress(4, "2")]


@pytest.mark.parametrize(
    ("ending", "failure", "sentence"),
    [
        (
            "max_tokens",
            errors.StreamTruncated,
            (
                "The answer was cut off at the model's limit, after about 3 tokens. "
                "Select less text, or choose a model with longer answers."
            ),
        ),
        (
            "refusal",
            errors.ContentFiltered,
            "The model declined to do this. Say it in other words, or choose another model.",
        ),
    ],
)
async def test_half_an_answer_is_a_failure(ending: str, failure: type[errors.ProviderError], sentence: str) -> None:
    model = Scripted("test/model", "```\nx = 2", MessageEnd(ending))  # pyright: ignore[reportArgumentType] - parametrized
    with pytest.raises(failure) as caught:
        await outcome_of(model, plan("edit", *marked("«x = 1»\n"), instruction="two"))

    assert caught.value.sentence == sentence


async def test_an_answer_that_would_not_end_is_dropped() -> None:
    model = Scripted("test/model", *["babble " * 1000] * 100)
    with pytest.raises(errors.StreamTruncated, match="would not end"):
        await outcome_of(model, plan("edit", *marked("«x = 1»\n"), instruction="two"))

    assert model.open_streams == 0


async def test_a_failure_of_the_model_comes_up_as_it_is() -> None:
    model = Scripted("test/model", "x", errors.Overloaded("busy"))
    with pytest.raises(errors.Overloaded):
        await outcome_of(model, plan("edit", *marked("«x = 1»\n"), instruction="two"))


async def test_cancelling_closes_the_stream() -> None:
    model = Scripted("test/model", "x = ", asyncio.Event())
    work = plan("edit", *marked("«x = 1»\n"), instruction="two")
    stepped = asyncio.Event()

    async def run() -> None:
        async for _ in edits.edit(model, work, "p1"):
            stepped.set()

    task = asyncio.create_task(run())
    await stepped.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert model.open_streams == 0


async def shown(model: Model, work: Plan) -> Shown:
    *_, last = [step async for step in edits.show(model, work)]
    assert isinstance(last, Shown)
    return last


async def test_an_explanation_is_shown() -> None:
    answer = await shown(
        Scripted("test/model", "<think>\nHm.\n</think>\n\n", "It is **one**."),
        plan("explain", *marked("x = ‸1\n")),
    )

    assert (answer.title, answer.text) == ("Explain: app.py", "It is **one**.\n")


async def test_an_empty_explanation_is_a_failure() -> None:
    with pytest.raises(errors.ProtocolViolation, match="answered nothing"):
        await shown(Scripted("test/model", " "), plan("explain", *marked("x = ‸1\n")))


async def test_the_users_own_action_does_what_it_says() -> None:
    text, span = marked("«x = 1»\n")
    custom = CustomAction("German", "Translate the names to German.", answer="show")
    work = plan("prompt", text, span, custom=custom)
    answer = await shown(Scripted("test/model", "Ja."), work)

    assert answer == Shown("German: app.py", "Ja.\n", Usage(), "test/model")
    assert work.request.messages[0].text.endswith("Task, about the selection: Translate the names to German.")


@pytest.mark.parametrize(
    ("action", "text", "failure", "message"),
    [
        ("fix", "‸", errors.InvalidRequest, "the document is empty"),
        ("explain", "\n‸\n", errors.InvalidRequest, "the document is empty"),
        ("explain", "x\n\n‸\n", errors.InvalidRequest, "there is nothing here to explain"),
        ("edit", "x‸\n", errors.InvalidRequest, "there is no instruction"),
        ("explain", "x\0y‸\n", errors.InvalidRequest, "'app.py' is no text: it holds NUL characters"),
        ("dance", "x‸\n", errors.NotFound, "no action 'dance'"),
    ],
)
def test_bad_input_is_named(action: str, text: str, failure: type[errors.LlmLsError], message: str) -> None:
    with pytest.raises(failure) as caught:
        plan(action, *marked(text))

    assert caught.value.message == message


def test_an_excluded_file_is_never_sent() -> None:
    with pytest.raises(errors.Unsupported, match=r"'\.env' is kept from models"):
        plan("explain", *marked("KEY=‸1\n"), terms=Terms(name=".env", exclude=(".env*",)))


def test_a_range_outside_the_document_is_clamped() -> None:
    text = document("x = 1\ny = 2")
    work = plan("edit", text, Span(Position(1, 0), Position(900, 900)), instruction="up")

    assert text.slice(work.span) == "y = 2"


def large() -> Document:
    return document("x = 1\n" * 1_700_000)


def test_a_selection_too_large_to_rewrite_is_refused() -> None:
    text = large()
    with pytest.raises(errors.ContextWindowExceeded) as caught:
        plan("edit", text, text.whole, instruction="up")

    assert caught.value.sentence == (
        "The text to edit is about 2,550,000 tokens long, and 16,000 can be rewritten at once. Select less of it."
    )


def test_a_large_document_is_explained_by_its_beginning() -> None:
    text = large()
    work = plan("explain", text, text.whole)

    assert len(work.request.messages[0].text) < 100_000
    assert "Only part of the file is shown." in work.request.messages[0].text


def test_a_small_part_of_a_large_document_can_be_edited() -> None:
    text = large()
    work = plan("edit", text, Span(Position(900_000, 0), Position(900_001, 0)), instruction="up")

    assert work.original == "x = 1"
    assert len(work.request.messages[0].text) < 10_000


def test_one_endless_line_is_no_trouble() -> None:
    text = document("x" * 10_000_000)
    work = plan("edit", text, Span(Position(0, 5_000_000), Position(0, 5_000_001)), instruction="up")

    assert work.original == "x"
    assert len(work.request.messages[0].text) < 20_000


def test_a_small_context_window_is_respected() -> None:
    text = document("".join(f"value_{number} = {number}\n" for number in range(2_000)))
    work = plan(
        "edit", text, Span(Position(1000, 0), Position(1001, 0)), instruction="up", terms=Terms(context_window=1_000)
    )

    assert len(work.request.messages[0].text) < 3_000
