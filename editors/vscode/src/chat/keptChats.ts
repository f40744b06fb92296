// Asks in the conversation that the server keeps of a chat of VS Code's, whatever that has done with the chat since.

import type * as vscode from "vscode";
import type { ChatParams, ChatResult, ContextItem } from "../messages.ts";
import { kindOf } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import type { AnswerStream } from "./answerStream.ts";
import { type Exchange, type Kept, placeAfter, toldAs } from "./kept.ts";

/** A conversation that was just answered in is among so many of the newest. */
const LATEST = 10;

export class KeptChats {
  readonly #server: Server;
  /** By chat, the conversation that its first question began: so that this can be edited and asked again, too. */
  readonly #begun = new Map<string, string>();

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Asks after what was said `earlier` in the chat `session`, with `attached`. A conversation that was deleted
   * meanwhile begins anew, and knows what was said.
   */
  async ask(
    params: ChatParams,
    session: string,
    earlier: readonly Exchange[],
    attached: readonly ContextItem[],
    shown: AnswerStream,
    token: vscode.CancellationToken,
  ): Promise<ChatResult> {
    const { kept, unkept } = placeAfter(earlier);
    const context = [...toldAs(unkept), ...attached];
    try {
      const place = await this.#placeOf(kept, session);
      return await this.#server.stream("llm-ls/chat", { ...params, ...place, context }, shown.show, token);
    } catch (error) {
      const conversation = kept?.conversationId ?? this.#begun.get(session);
      if (conversation === undefined || !(await this.#isGone(conversation))) {
        throw error;
      }
      this.#begun.delete(session);
      const untold = earlier.map((exchange) => ({ ...exchange, kept: undefined }));
      return await this.ask(params, session, untold, attached, shown, token);
    } finally {
      if (shown.kept) {
        this.#begun.set(session, shown.kept.conversationId);
      }
    }
  }

  /** What the whole conversation has cost; undefined where nobody knows. */
  async spentUsd({ conversationId }: Kept): Promise<number | undefined> {
    const latest = await this.#server.request("llm-ls/listConversations", { limit: LATEST }).catch(() => []);
    return latest.find(({ id }) => id === conversationId)?.usage.costUsd;
  }

  /** A chat that VS Code has forked goes on in a copy, so that both are in the list of what is kept. */
  async #placeOf(
    kept: Kept | undefined,
    session: string,
  ): Promise<Pick<ChatParams, "conversationId" | "after">> {
    if (!kept) {
      const begun = this.#begun.get(session);
      return begun === undefined ? {} : { conversationId: begun, after: "" };
    }
    const { conversationId, messageId } = kept;
    if (kept.session === session) {
      return { conversationId, after: messageId };
    }
    const copied = { id: conversationId, turnId: messageId };
    return { conversationId: (await this.#server.request("llm-ls/forkConversation", copied)).id };
  }

  async #isGone(id: string): Promise<boolean> {
    const looking = this.#server.request("llm-ls/getConversation", { id });
    return looking.then(
      () => false,
      (error) => kindOf(error) === "not_found",
    );
  }
}
