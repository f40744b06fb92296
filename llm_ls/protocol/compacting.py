"""Summing up the earlier turns of a conversation: when they no longer fit, or when the user wants it."""

import attrs

from llm_ls import errors
from llm_ls.features import compaction
from llm_ls.features.compaction import Summary
from llm_ls.features.kept_answers import KeptAnswer
from llm_ls.messages import Notice, user
from llm_ls.models import ModelRequest
from llm_ls.prompts import fitting, replaying
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.operations import Running
from llm_ls.protocol.questions import Prepared
from llm_ls.providers import token_estimate

COMMAND = "/compact"
"""The question that a summary answers."""


@attrs.frozen
class Compacted:
    """What summing up a conversation came to.

    Attributes:
        question_id: Of the turn that asked for it.
        turn_id: Of the summary.
        tokens_before: What a model was sent of the conversation, about.
        tokens_after: Likewise, from now on.
    """

    summary: Summary
    question_id: str
    turn_id: str
    tokens_before: int
    tokens_after: int


async def compact(ls: LlmLanguageServer, id: str, model_name: str | None, running: Running) -> Compacted:
    """Sum up a whole conversation; its turns stay to be seen.

    Raises:
        errors.InvalidRequest: There is nothing to sum up.
        errors.LlmLsError: The model cannot be asked, or the conversation not read.
    """
    store = ls.session.conversations
    turns = (await store.get(id)).turns
    if not any(turn.role == "assistant" for turn in turns):
        raise errors.InvalidRequest("there is nothing to sum up yet", hint="ask something first")
    model = await ls.session.model_for("chat", model_name, conversation=id)
    running.operation.model = model.name
    known = await ls.session.registry.learned(model.name)
    window = fitting.window_of(known)
    made = await compaction.summary(model, turns, window)
    question_id = await store.ask(id, turns[-1].id, user(COMMAND))
    turn_id = await store.summarise(id, question_id, made.text, made.model, made.usage)
    before, after = (
        token_estimate.tokens_of(ModelRequest(replaying.messages(path, tools=True))) for path in (turns, (made.turn,))
    )
    return Compacted(made, question_id, turn_id, before, after)


async def if_needed(kept: KeptAnswer, ready: Prepared, running: Running) -> Prepared:
    """`ready`, with a summary in place of the earlier turns if some of them would have to be left out.

    Where no summary is to be had, the oldest turns are left out when the model is asked, and that is said then.
    """
    *earlier, question = ready.asked.turns
    if not earlier or question.role != "user":
        return ready
    fitted = fitting.fit(ready.request.messages, ready.tokens, overhead=fitting.overhead(ready.request))
    if not fitted.turns_left_out:
        return ready
    running.work.report("summing up the earlier turns")
    try:
        made = await compaction.summary(ready.model, earlier, ready.tokens)
    except errors.ProviderError:
        return ready
    await kept.summarise(made.text, made.model, made.usage)
    turns = replaying.messages((made.turn, question), tools=bool(ready.request.tools))
    said = f"the earlier turns did not fit any more and were summed up ({len(earlier)} turns)"
    return attrs.evolve(
        ready,
        request=attrs.evolve(ready.request, messages=turns),
        notices=(*ready.notices, Notice("compacted", said)),
    )
