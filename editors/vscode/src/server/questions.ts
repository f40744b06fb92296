// The server's questions with buttons, such as whether a tool may be used, and whether one still waits for an answer.

import * as vscode from "vscode";
import type { MessageActionItem, ShowMessageRequestParams } from "vscode-languageclient/node";
import { plain } from "../plain.ts";
import type { Server } from "./server.ts";

const ERROR = 1;
const WARNING = 2;

/** VS Code puts a message away after some seconds, answered or not: what waits is told elsewhere too. */
export class Questions {
  readonly #waiting = new Set<object>();
  readonly #asked = new vscode.EventEmitter<string>();
  readonly onDidAsk = this.#asked.event;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(server: Server) {
    server.onRequest<ShowMessageRequestParams>("window/showMessageRequest", (params, token) =>
      this.#ask(params, token),
    );
    server.onDidChangeState(({ kind }) => kind !== "running" && this.#over(...this.#waiting));
  }

  /** Whether one is not answered yet. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  async #ask(
    params: ShowMessageRequestParams,
    token: vscode.CancellationToken,
  ): Promise<MessageActionItem | null> {
    const text = plain(params.message);
    this.#waiting.add(params);
    this.#asked.fire(text);
    this.#changed.fire();
    const takenBack = token.onCancellationRequested(() => this.#over(params));
    try {
      return (await messageOf(params.type)(text, ...(params.actions ?? []))) ?? null;
    } finally {
      takenBack.dispose();
      this.#over(params);
    }
  }

  #over(...questions: object[]): void {
    for (const question of questions) {
      this.#waiting.delete(question);
    }
    this.#changed.fire();
  }
}

function messageOf(type: number) {
  if (type === ERROR) {
    return vscode.window.showErrorMessage;
  }
  return type === WARNING ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
}
