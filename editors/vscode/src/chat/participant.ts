// `@llm` in Chat: questions about code, with the prompts, retries and prices of the server.

import * as vscode from "vscode";
import type { ChatEvent, ChatParams, Model, Usage } from "../messages.ts";
import { remediesFor } from "../report.ts";
import { sentence } from "../server/failures.ts";
import type { Questions } from "../server/questions.ts";
import type { Server } from "../server/server.ts";
import { ALLOW, type AnonymousAccess } from "./anonymousAccess.ts";
import { AnswerStream } from "./answerStream.ts";
import { footnote } from "./footnote.ts";
import type { Kept } from "./kept.ts";
import { KeptChats } from "./keptChats.ts";
import { DEFAULT } from "./modelInformation.ts";
import { VENDOR } from "./modelProvider.ts";
import { attachments, exchangesOf } from "./thread.ts";

export const PARTICIPANT = "llm-ls.chat";

type Action = NonNullable<ChatParams["action"]>;

const ACTIONS: Record<string, Action> = { explain: "explain", fix: "fix", tests: "test", docs: "document" };
const NO_CODE = "Select the code that this is about, or attach a file with #.";

/** `details` stand beneath the answer; VS Code has them, its published types not yet. */
interface Answer extends vscode.ChatResult {
  details?: string;
}

interface Answered {
  model: Model;
  usage: Usage;
}

export class Participant {
  readonly #server: Server;
  readonly #access: AnonymousAccess;
  readonly #questions: Questions;
  readonly #chats: KeptChats;

  constructor(server: Server, access: AnonymousAccess, questions: Questions) {
    this.#server = server;
    this.#access = access;
    this.#questions = questions;
    this.#chats = new KeptChats(server);
  }

  readonly answer: vscode.ChatRequestHandler = async (request, context, stream, token) => {
    const action = ACTIONS[request.command ?? ""];
    const { attached, left } = await attachments(request.references, action ? "visible" : "nothing");
    const session = JSON.stringify(request.toolInvocationToken);
    const shown = new AnswerStream(stream, session);
    const asking = this.#questions.onDidAsk((text) => stream.progress(`Waits for your answer. ${text}`));
    try {
      if (request.command === "commit") {
        return answer(request, await this.#commit(request, stream, shown, token));
      }
      if (action && attached.length === 0) {
        return { errorDetails: { message: NO_CODE } };
      }
      for (const name of left) {
        stream.progress(`${name} is of a kind that llm-ls cannot send, and is left out`);
      }
      const params: ChatParams = {
        ...(request.prompt && { message: request.prompt }),
        ...(action && { action }),
        ...modelOf(request),
      };
      const earlier = exchangesOf(context);
      const answered = await this.#chats.ask(params, session, earlier, attached, shown, token);
      if (await this.#access.isDue()) {
        stream.button(ALLOW);
      }
      return answer(request, answered, shown.kept, shown.kept && (await this.#chats.spentUsd(shown.kept)));
    } catch (error) {
      const kept = { metadata: { kept: shown.kept } };
      return token.isCancellationRequested ? kept : { ...kept, ...this.#failed(error, stream) };
    } finally {
      shown.end();
      asking.dispose();
    }
  };

  /** The message as code, which VS Code offers to copy. */
  async #commit(
    request: vscode.ChatRequest,
    stream: vscode.ChatResponseStream,
    shown: AnswerStream,
    token: vscode.CancellationToken,
  ): Promise<Answered> {
    const folder = folderInView();
    const params = { ...(folder && { uri: folder.toString() }), ...modelOf(request) };
    let begun = false;
    const inFence = (event: ChatEvent) => {
      if (event.type === "text_delta") {
        stream.markdown(`${begun ? "" : "```text\n"}${event.text}`);
        begun = true;
      } else {
        shown.show(event);
      }
    };
    try {
      return await this.#server.stream("llm-ls/commitMessage", params, inFence, token);
    } finally {
      if (begun) {
        stream.markdown("\n```\n");
      }
    }
  }

  #failed(error: unknown, stream: vscode.ChatResponseStream): vscode.ChatResult {
    this.#server.log.error(`chat: ${error}`);
    for (const [title, command] of remediesFor(error)) {
      stream.button({ command, title });
    }
    const message = sentence(error) ?? "llm-ls does not run; see its message or its log.";
    return { errorDetails: { message } };
  }
}

function answer(
  { command }: vscode.ChatRequest,
  { model, usage }: Answered,
  kept?: Kept,
  spentUsd?: number,
): Answer {
  return { details: footnote(model, usage, spentUsd), metadata: { command, model, usage, kept } };
}

/** The model of the picker where it is one of ours; else the server knows which. */
function modelOf({ model }: vscode.ChatRequest): { model?: Model } {
  return model.vendor === VENDOR && model.id !== DEFAULT.id ? { model: model.id } : {};
}

function folderInView(): vscode.Uri | undefined {
  const shown = vscode.window.activeTextEditor?.document.uri;
  const folder = shown && vscode.workspace.getWorkspaceFolder(shown);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
}
