// The item in the status bar, kept in step with the server and with what today cost.

import * as vscode from "vscode";
import type { Switches } from "../inlineCompletion/switches.ts";
import { offWords } from "../inlineCompletion/words.ts";
import type { Status } from "../messages.ts";
import type { Questions } from "../server/questions.ts";
import type { Server } from "../server/server.ts";
import { ASKING, statusView } from "./text.ts";

export class StatusBar {
  readonly #server: Server;
  readonly #switches: Switches;
  readonly #questions: Questions;
  readonly #item = vscode.window.createStatusBarItem("llm-ls.status", vscode.StatusBarAlignment.Right, 100);
  #status: Status | undefined;
  #todayUsd: number | undefined;

  constructor(context: vscode.ExtensionContext, server: Server, switches: Switches, questions: Questions) {
    this.#server = server;
    this.#switches = switches;
    this.#questions = questions;
    this.#item.name = "llm-ls";
    context.subscriptions.push(
      this.#item,
      server.onDidChangeState(() => this.#stateChanged()),
      switches.onDidChange(() => this.#draw()),
      questions.onDidChange(() => this.#draw()),
      vscode.window.onDidChangeActiveTextEditor(() => this.#draw()),
      vscode.workspace.onDidOpenTextDocument(() => this.#draw()),
    );
    server.onNotification<Status>("llm-ls/status", (status) => this.#told(status));
    this.#draw();
    this.#item.show();
  }

  get status(): Status | undefined {
    return this.#status;
  }

  #stateChanged(): void {
    if (this.#server.state.kind === "running") {
      void this.#askUsage();
    } else {
      this.#status = undefined;
    }
    void vscode.commands.executeCommand(
      "setContext",
      "llm-ls.running",
      this.#server.state.kind === "running",
    );
    this.#draw();
  }

  #told(status: Status): void {
    const ended = this.#status?.busy && !status.busy;
    this.#status = status;
    void vscode.commands.executeCommand("setContext", "llm-ls.hasModel", status.model !== undefined);
    this.#draw();
    if (ended) {
      void this.#askUsage();
    }
  }

  async #askUsage(): Promise<void> {
    if (!this.#server.has("llm-ls/usage")) {
      return;
    }
    const usage = await this.#server.request("llm-ls/usage", { since: "1d" }).catch(() => undefined);
    this.#todayUsd = usage?.totals.costUsd;
    this.#draw();
  }

  #draw(): void {
    const document = vscode.window.activeTextEditor?.document;
    const off = this.#switches.off(document);
    const words = off && offWords(off, document?.languageId ?? "");
    const asks = this.#questions.isWaiting;
    const view = asks ? ASKING : statusView(this.#server.state, this.#status, this.#todayUsd, words);
    this.#item.command = asks ? "notifications.showList" : "llm-ls.menu";
    this.#item.text = view.text;
    this.#item.tooltip = view.tooltip;
    this.#item.accessibilityInformation = { label: view.spoken, role: "button" };
    this.#item.backgroundColor =
      view.look === "normal" ? undefined : new vscode.ThemeColor(`statusBarItem.${view.look}Background`);
  }
}
