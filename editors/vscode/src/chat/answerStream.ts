// An answer of the server as Chat shows it: its text, with thinking and tools folded away, and what was read.

import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { ChatEvent } from "../messages.ts";
import type { Kept } from "./kept.ts";
import { callLine, placeNamed } from "./toolWords.ts";

/** A step that can be unfolded; VS Code has it, its published types not yet. */
interface Step {
  enablePartialUpdate: boolean;
  isComplete: boolean;
  isError: boolean;
  invocationMessage: vscode.MarkdownString;
  pastTenseMessage: vscode.MarkdownString;
  toolSpecificData: { input: string; output: { mimeType: string; data: Uint8Array }[] };
}

type StepClass = new (name: string, id: string) => Step & vscode.ChatResponsePart;

interface Call {
  name: string;
  input: object;
}

export class AnswerStream {
  readonly #stream: vscode.ChatResponseStream;
  readonly #session: string;
  readonly #step = (vscode as { ChatToolInvocationPart?: StepClass }).ChatToolInvocationPart;
  readonly #calls = new Map<string, Call>();
  #thoughts = 0;
  #thinking = "";
  /** Where the answer is kept, known as soon as it begins. */
  kept: Kept | undefined;

  constructor(stream: vscode.ChatResponseStream, session: string) {
    this.#stream = stream;
    this.#session = session;
  }

  readonly show = (event: ChatEvent): void => {
    if (event.type !== "thinking_delta") {
      this.end();
    }
    switch (event.type) {
      case "message_start":
        this.#begun(event);
        break;
      case "text_delta":
        this.#stream.markdown(event.text);
        break;
      case "thinking_delta":
        this.#think(event.text);
        break;
      case "tool_use_start":
        this.#calls.set(event.id, { name: event.name, input: {} });
        break;
      case "tool_use_end":
        this.#call(event.id, event.input);
        break;
      case "tool_result":
        this.#result(event.id, event.content, event.isError);
        break;
      case "notice":
        this.#stream.progress(event.message);
        break;
    }
  };

  /** No more comes of what is thought. */
  end(): void {
    if (this.#thinking !== "") {
      this.#fold(`thinking-${this.#thoughts}`, "thinking", "Thought", "", this.#thinking, false);
      this.#thinking = "";
    }
  }

  /** What is attached is among what was used, be it mentioned or given. */
  #begun({ conversationId, messageId, context = [] }: ChatEvent & { type: "message_start" }): void {
    const session = this.#session;
    this.kept = conversationId === undefined ? undefined : { conversationId, messageId, session };
    for (const { title } of context) {
      const { name, first, last } = placeNamed(title);
      const uri = fileOf(name);
      if (uri && first > 0) {
        this.#stream.reference(new vscode.Location(uri, new vscode.Range(first - 1, 0, last - 1, 0)));
      } else if (uri) {
        this.#stream.reference(uri);
      }
    }
  }

  #think(text: string): void {
    if (this.#thinking === "") {
      this.#thoughts += 1;
      this.#begin(`thinking-${this.#thoughts}`, "thinking", "Thinking");
    }
    this.#thinking += text;
  }

  #call(id: string, input: object): void {
    const name = this.#calls.get(id)?.name ?? "";
    this.#calls.set(id, { name, input });
    this.#begin(id, name, callLine(name, input));
  }

  #result(id: string, content: string, isError: boolean): void {
    const { name, input } = this.#calls.get(id) ?? { name: "", input: {} };
    const read = !isError && name === "read_file" && "path" in input ? fileOf(String(input.path)) : undefined;
    if (read) {
      this.#stream.reference(read);
    }
    this.#fold(id, name, callLine(name, input), JSON.stringify(input, undefined, 2), content, isError);
  }

  #begin(id: string, name: string, words: string): void {
    if (this.#step) {
      this.#push(new this.#step(name, id), words, { isComplete: false });
    } else {
      this.#stream.progress(words);
    }
  }

  #fold(id: string, name: string, words: string, input: string, output: string, isError: boolean): void {
    if (this.#step) {
      const data = [{ mimeType: "text/markdown", data: new TextEncoder().encode(output) }];
      const toolSpecificData = { input, output: data };
      this.#push(new this.#step(name, id), words, { isComplete: true, isError, toolSpecificData });
    }
  }

  #push(step: Step & vscode.ChatResponsePart, words: string, more: Partial<Step>): void {
    const message = new vscode.MarkdownString(words);
    const told = { enablePartialUpdate: true, invocationMessage: message, pastTenseMessage: message };
    this.#stream.push(Object.assign(step, told, more));
  }
}

/** The file of the workspace that the server calls `name`. */
function fileOf(name: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, name)).find(({ fsPath }) => existsSync(fsPath));
}
