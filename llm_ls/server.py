"""Composition root: what one client's server is made of."""

import os
from typing import Any, NoReturn

from llm_ls.handlers import (
    actions,
    chat,
    chat_document,
    code_action,
    commands,
    commit_message,
    completion,
    configuration,
    conversations,
    copilot,
    copilot_legacy,
    copilot_panel,
    copilot_sign_in,
    hugging_face,
    inline_completion,
    keys,
    next_edit,
    preview,
    prompts,
    proposals,
    providers,
    sign_in,
    tokens,
    tools,
    usage,
)
from llm_ls.protocol import ext, ext_accounts, log, progress, shown_texts, transport
from llm_ls.protocol.copilot_legacy import PARAMS as COPILOT_PARAMS
from llm_ls.protocol.copilot_next_edit import PARAMS as NEXT_EDIT_PARAMS
from llm_ls.protocol.handover import Handover
from llm_ls.protocol.hugging_face import PARAMS as HUGGING_FACE_PARAMS
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.protocol.outgoing import Outgoing
from llm_ls.session import Session

PARTS = (
    actions,
    chat,
    chat_document,
    code_action,
    commands,
    commit_message,
    completion,
    configuration,
    conversations,
    copilot,
    copilot_legacy,
    copilot_panel,
    copilot_sign_in,
    hugging_face,
    inline_completion,
    keys,
    next_edit,
    preview,
    progress,
    prompts,
    proposals,
    providers,
    shown_texts,
    sign_in,
    tokens,
    tools,
    usage,
)


LATER_PARAMS = conversations.PARAMS | prompts.PARAMS | tools.PARAMS
"""Of messages whose classes are imported with the first of them."""


def serve(handover: Handover) -> NoReturn:
    """Go on with a client on stdio whose `initialize` has been answered; ends the process."""
    log.to_stderr()
    transport.serve(handover, build)


def build(initialize_params: dict[str, Any], outgoing: Outgoing) -> LlmLanguageServer:
    """The server of a new connection."""
    params = ext.PARAMS | ext_accounts.PARAMS | COPILOT_PARAMS | NEXT_EDIT_PARAMS | HUGGING_FACE_PARAMS
    server = LlmLanguageServer(initialize_params, outgoing, params | LATER_PARAMS)
    server.session = Session(os.environ)
    server.cleanup = server.session.aclose
    for part in PARTS:
        part.register(server)
    return server
