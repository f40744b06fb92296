"""Summing up the earlier turns of a conversation: when they no longer fit, or when the user wants it."""

import attrs

from llm_ls import errors
from llm_ls.features import compaction
from llm_ls.features.kept_answers import KeptAnswer
from llm_ls.messages import Notice
from llm_ls.prompts import fitting, replaying
from llm_ls.protocol.operations import Running
from llm_ls.protocol.questions import Prepared


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
