// What vendors want back with a tool call, kept while VS Code, which knows only the call, has the conversation.

import type { ChatResult, Thinking, ToolCall } from "../messages.ts";

const MOST_CALLS = 512;

export interface Recalled {
  call: ToolCall;
  /** The thinking of the answer that made the call. */
  thinking: Thinking[];
}

export class Recall {
  readonly #calls = new Map<string, Recalled>();

  /** Keep the calls of an answer; the oldest of all are forgotten. */
  keep(answer: Pick<ChatResult, "toolCalls" | "thinking">): void {
    for (const call of answer.toolCalls) {
      this.#calls.delete(call.id);
      this.#calls.set(call.id, { call, thinking: answer.thinking });
    }
    for (const id of this.#calls.keys()) {
      if (this.#calls.size <= MOST_CALLS) {
        break;
      }
      this.#calls.delete(id);
    }
  }

  of(callId: string): Recalled | undefined {
    return this.#calls.get(callId);
  }
}
