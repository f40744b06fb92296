// An answer of the server as Chat shows it: its text, with thinking and tools folded away, and what was read.

import { existsSync } from "node:fs";
import * as vscode from "vscode";
import type { ChatEvent, ContextItem } from "../messages.ts";
import { fromRange } from "../place.ts";
import type { Kept } from "./kept.ts";
import { callLine } from "./toolWords.ts";

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
  readonly #step = (vscode as { ChatToolInvocationPart?: StepClass }).ChatToolInvocationPart;
  readonly #calls = new Map<string, Call>();
  #thoughts = 0;
  #thinking = "";
  /** Where the answer is kept, known as soon as it begins. */
  kept: Kept | undefined;

  constructor(stream: vscode.ChatResponseStream) {
    this.#stream = stream;
  }

  readonly show = (event: ChatEvent): void => {
    if (event.type !== "thinking_delta") {
      this.end();
    }
    switch (event.type) {
      case "message_start": {
        const { conversationId, messageId } = event;
        this.kept = conversationId === undefined ? undefined : { conversationId, messageId };
        break;
      }
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

  /** What the question carries, as the list of what was used. */
  attach(items: readonly ContextItem[]): void {
    for (const item of items) {
      if (item.type === "file") {
        this.#stream.reference(vscode.Uri.parse(item.uri));
      } else if (item.type === "range") {
        this.#stream.reference(new vscode.Location(vscode.Uri.parse(item.uri), fromRange(item.range)));
      }
    }
  }

  /** No more comes of what is thought. */
  end(): void {
    if (this.#thinking !== "") {
      this.#fold(`thinking-${this.#thoughts}`, "thinking", "Thought", "", this.#thinking, false);
      this.#thinking = "";
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
      this.#stream.progress(new vscode.MarkdownString(words).value);
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

/** The file of the workspace that a tool calls `name`. */
function fileOf(name: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => vscode.Uri.joinPath(uri, name)).find(({ fsPath }) => existsSync(fsPath));
}
