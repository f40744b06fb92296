// `@llm` in Chat: questions about code, with the prompts, retries and prices of the server.

import * as vscode from "vscode";
import type { ChatEvent, ChatParams, ContextItem, Model, Usage } from "../messages.ts";
import { remediesFor } from "../report.ts";
import { sentence } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { ALLOW, type AnonymousAccess } from "./anonymousAccess.ts";
import { footnote } from "./footnote.ts";
import { DEFAULT } from "./modelInformation.ts";
import { VENDOR } from "./modelProvider.ts";
import { type Attached, attachments, earlier, turnsOf } from "./thread.ts";

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

  constructor(server: Server, access: AnonymousAccess) {
    this.#server = server;
    this.#access = access;
  }

  readonly answer: vscode.ChatRequestHandler = async (request, context, stream, token) => {
    const action = ACTIONS[request.command ?? ""];
    const { attached, left } = await attachments(request.references, action ? "visible" : "nothing");
    try {
      if (request.command === "commit") {
        return result(request, await this.#commit(request, stream, token));
      }
      if (action && attached.length === 0) {
        return { errorDetails: { message: NO_CODE } };
      }
      const params: ChatParams = {
        messages: turnsOf(context),
        context: distinct([...earlier(context), ...attached.map(({ item }) => item)]),
        ...(request.prompt && { message: request.prompt }),
        ...(action && { action }),
        ...modelOf(request),
      };
      for (const name of left) {
        stream.progress(`${name} is of a kind that llm-ls cannot send, and is left out`);
      }
      const show = shownIn(stream);
      const answered = await this.#server.stream("llm-ls/chat", params, show, token);
      if (await this.#access.isDue()) {
        stream.button(ALLOW);
      }
      return result(request, answered, attached);
    } catch (error) {
      return token.isCancellationRequested ? {} : this.#failed(error, stream, attached);
    }
  };

  /** The message as code, which VS Code offers to copy. */
  async #commit(
    request: vscode.ChatRequest,
    stream: vscode.ChatResponseStream,
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
        shownIn(stream)(event);
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

  #failed(error: unknown, stream: vscode.ChatResponseStream, attached: Attached[]): Answer {
    this.#server.log.error(`chat: ${error}`);
    for (const [title, command] of remediesFor(error)) {
      stream.button({ command, title });
    }
    const message = sentence(error) ?? "llm-ls does not run; see its message or its log.";
    return { errorDetails: { message }, metadata: { attached } };
  }
}

function result(
  { command }: vscode.ChatRequest,
  { model, usage }: Answered,
  attached: Attached[] = [],
): Answer {
  return { details: footnote(model, usage), metadata: { attached, command, model, usage } };
}

function shownIn(stream: vscode.ChatResponseStream): (event: ChatEvent) => void {
  let thinks = false;
  return (event) => {
    if (event.type === "text_delta") {
      stream.markdown(event.text);
    } else if (event.type === "notice") {
      stream.progress(event.message);
    } else if (event.type === "thinking_delta" && !thinks) {
      thinks = true;
      stream.progress("Thinking");
    }
  };
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

function distinct(items: ContextItem[]): ContextItem[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
