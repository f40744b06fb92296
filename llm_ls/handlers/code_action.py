"""`textDocument/codeAction`: what the user can ask for here. Answered from memory."""

from collections.abc import Mapping

from lsprotocol import types

from llm_ls import errors
from llm_ls.documents import Diagnostic, Document
from llm_ls.features import code_actions
from llm_ls.features.code_actions import Offer, OfferContext, Running
from llm_ls.protocol import chat_documents, convert, edits, ext, next_edits, review, workspace_files
from llm_ls.protocol.language_server import LlmLanguageServer
from llm_ls.session import Focus
from llm_ls.wire import to_json
from llm_ls.workspace import exclusion


def register(server: LlmLanguageServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def on_code_action(ls: LlmLanguageServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        try:
            document = ls.document(params.text_document.uri)
        except errors.NotFound:  # nothing can be offered for a text that the client has not opened
            return []
        settings, session = ls.session.settings, ls.session
        asked = _offer_context(ls, document, params)
        if asked.chat is None:
            session.focus = Focus(document.uri, asked.span)
        session.diagnostics.tell(document.uri, document.version, asked.diagnostics, asked.span)
        ls.documents.touch(document.uri)
        review.settle_landed(ls, document)
        next_edit = next_edits.known(ls, document) if ls.client.code_action_literals else None
        offers = code_actions.offered(
            asked,
            (*settings.code_actions.custom, *session.prompt_actions),
            session.proposals.of(document.uri),
            tuple(Running(one.id, one.model, one.seconds) for one in session.operations.values()),
            session.sign_in_wanted,
            next_edit,
            _of_sets(ls, asked),
        )
        if next_edit is not None:
            next_edits.offered(ls, next_edit)
        if offers:
            ls.warm("edit" if asked.chat is None else "chat")
        theirs = dict(zip(asked.diagnostics, params.context.diagnostics, strict=True))
        return [_to_lsp(ls, document, offer, theirs) for offer in offers]

    @server.feature(types.CODE_ACTION_RESOLVE)
    def on_resolve(ls: LlmLanguageServer, action: types.CodeAction) -> types.CodeAction:
        return action


def _offer_context(ls: LlmLanguageServer, document: Document, params: types.CodeActionParams) -> OfferContext:
    settings, encoding = ls.session.settings, ls.client.position_encoding
    return OfferContext(
        document=document,
        span=convert.from_lsp_selection(document, params.range, encoding),
        diagnostics=convert.from_lsp_diagnostics(document, params.context.diagnostics, encoding),
        only=tuple(str(getattr(kind, "value", kind)) for kind in params.context.only or ()),
        automatic=params.context.trigger_kind is types.CodeActionTriggerKind.Automatic,
        lightbulb=settings.code_actions.lightbulb,
        chat=_model(ls, document) if chat_documents.is_chat(document) else None,
        excluded=exclusion.excluded(workspace_files.name_of(ls, document.uri), settings.context.exclude),
        edits_files=ls.client.apply_edit,
    )


def _of_sets(ls: LlmLanguageServer, asked: OfferContext) -> tuple[Offer, ...]:
    if not any(proposal.part for proposal in ls.session.proposals):
        return ()
    from llm_ls.features import change_set_offers  # with the first change set

    return tuple(change_set_offers.offered(asked, ls.session.proposals))


def _model(ls: LlmLanguageServer, document: Document) -> str:
    """The model that a chat document is sent to, as far as is known."""
    from llm_ls.features import front_matter  # with the first chat

    written = front_matter.parse([line.rstrip("\r\n") for line in document.lines])[0].model
    return written or ls.session.registry.default_name("chat") or ""


def _to_lsp(
    ls: LlmLanguageServer, document: Document, offer: Offer, theirs: Mapping[Diagnostic, types.Diagnostic]
) -> types.CodeAction | types.Command:
    command = types.Command(offer.title, offer.command or "llm-ls.accept", arguments=[_arguments(ls, document, offer)])
    if not ls.client.code_action_literals:
        return command
    return types.CodeAction(
        title=offer.title,
        kind=types.CodeActionKind(offer.kind),
        diagnostics=[theirs[diagnostic] for diagnostic in offer.diagnostics] or None,
        edit=edits.workspace_edit(ls, document, offer.edits) if offer.edits else None,
        command=command if offer.command else None,
        tags=[types.CodeActionTag.LlmGenerated] if ls.client.code_action_tags else None,
    )


def _arguments(ls: LlmLanguageServer, document: Document, offer: Offer) -> dict[str, object]:
    encoding = ls.client.position_encoding
    arguments: dict[str, object] = {"uri": offer.uri, **offer.arguments}
    if offer.span is not None:
        arguments["range"] = to_json(convert.to_lsp_range(document, offer.span, encoding))
    if offer.diagnostics:
        arguments["diagnostics"] = [
            to_json(
                ext.ContextDiagnostic(
                    convert.to_lsp_range(document, one.span, encoding),
                    one.message,
                    one.severity,
                    one.source or None,
                    one.code or None,
                )
            )
            for one in offer.diagnostics
        ]
    return arguments
