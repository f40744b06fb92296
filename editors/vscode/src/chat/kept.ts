// Which turn of the conversation that the server keeps a question of VS Code's Chat follows.

import type { ContextItem } from "../messages.ts";

/** What an answer leaves behind when the server keeps it: where the next question goes on. */
export interface Kept {
  conversationId: string;
  messageId: string;
  /** The chat of VS Code in which it was given. */
  session: string;
}

/** A question that was asked before in the same chat, and its answer as the user saw it. */
export interface Exchange {
  question: string;
  answer: string;
  kept: Kept | undefined;
}

export interface Place {
  /** The answer that the question follows; undefined at the beginning. */
  kept: Kept | undefined;
  /** What was said since, of which the server does not know. */
  unkept: Exchange[];
}

/** VS Code hands over what still stands: a question that is edited or asked again follows the answer before it. */
export function placeAfter(earlier: readonly Exchange[]): Place {
  const last = earlier.findLastIndex(({ kept }) => kept !== undefined);
  return { kept: earlier[last]?.kept, unkept: earlier.slice(last + 1).filter(({ answer }) => answer !== "") };
}

/** What the server does not know, as an attachment. */
export function toldAs(unkept: readonly Exchange[]): ContextItem[] {
  const text = unkept.map(({ question, answer }) => `User: ${question}\n\nAssistant: ${answer}`).join("\n\n");
  return text === "" ? [] : [{ type: "text", title: "Said before in this chat", text }];
}
