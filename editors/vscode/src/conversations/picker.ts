// `llm-ls.openConversation`: the conversations that the server keeps, searched in title and text while the user types.

import * as vscode from "vscode";
import type { ConversationSummary } from "../messages.ts";
import { isCancelled } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { ageOf, detailOf, folderOf } from "./text.ts";

const MOST = 100;
const QUIET_MS = 150;

export type Act = "open" | "rename" | "fork" | "versions" | "export" | "delete" | "new";

interface ActButton extends vscode.QuickInputButton {
  act: Act;
}

interface Row extends vscode.QuickPickItem {
  conversation?: ConversationSummary;
}

export interface Choice {
  act: Act;
  conversation?: ConversationSummary;
}

const BUTTONS: ActButton[] = [
  { act: "rename", iconPath: new vscode.ThemeIcon("edit"), tooltip: "Rename" },
  { act: "fork", iconPath: new vscode.ThemeIcon("repo-forked"), tooltip: "Fork: go on in a copy" },
  { act: "versions", iconPath: new vscode.ThemeIcon("versions"), tooltip: "Other versions" },
  { act: "export", iconPath: new vscode.ThemeIcon("markdown"), tooltip: "Export as Markdown" },
  { act: "delete", iconPath: new vscode.ThemeIcon("trash"), tooltip: "Delete" },
];
const NEW: ActButton = {
  act: "new",
  iconPath: new vscode.ThemeIcon("add"),
  tooltip: "New chat document",
};
const EVERYWHERE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("globe"),
  tooltip: "Those of every folder",
};
const HERE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("folder"),
  tooltip: "Those of this folder only",
};

export class ConversationPicker {
  readonly #server: Server;
  readonly #picker = vscode.window.createQuickPick<Row>();
  #everywhere = false;
  #listing: vscode.CancellationTokenSource | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** What the user wants of which; undefined once the list is left. */
  async choose(): Promise<Choice | undefined> {
    const picker = this.#picker;
    picker.title = "Conversations";
    picker.placeholder = "Search in titles and in what was said";
    const chosen = new Promise<Choice | undefined>((resolve) => {
      const take = (act: Act, conversation: ConversationSummary | undefined) =>
        conversation && resolve({ act, conversation });
      picker.onDidChangeValue(() => this.#listSoon());
      picker.onDidAccept(() => take("open", picker.activeItems[0]?.conversation));
      picker.onDidTriggerItemButton(({ item, button }) => take((button as ActButton).act, item.conversation));
      picker.onDidTriggerButton((button) => (button === NEW ? resolve({ act: "new" }) : this.#toggle()));
      picker.onDidHide(() => resolve(undefined));
    });
    this.#setButtons();
    picker.show();
    try {
      await this.#list();
      return await chosen;
    } finally {
      clearTimeout(this.#quiet);
      this.#listing?.cancel();
      picker.dispose();
    }
  }

  #setButtons(): void {
    this.#picker.buttons = [this.#everywhere ? HERE : EVERYWHERE, NEW];
  }

  #toggle(): void {
    this.#everywhere = !this.#everywhere;
    this.#setButtons();
    void this.#list();
  }

  #listSoon(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => void this.#list(), QUIET_MS);
  }

  /** Only what was asked last is shown. A failure is a row: the list may be searched again. */
  async #list(): Promise<void> {
    const picker = this.#picker;
    this.#listing?.cancel();
    const asked = new vscode.CancellationTokenSource();
    this.#listing = asked;
    picker.busy = true;
    const query = picker.value.trim();
    const params = { limit: MOST, ...(query && { query }), ...(this.#everywhere && { everywhere: true }) };
    try {
      const found = await this.#server.request("llm-ls/listConversations", params, asked.token);
      if (this.#listing === asked) {
        picker.items = found.length > 0 ? found.map((one) => this.#row(one)) : [nothing(query)];
      }
    } catch (error) {
      if (this.#listing === asked && !isCancelled(error)) {
        picker.items = [
          { label: "The conversations cannot be listed", detail: String(error), alwaysShow: true },
        ];
      }
    } finally {
      if (this.#listing === asked) {
        picker.busy = false;
      }
    }
  }

  /** Always shown: the server has searched in more than what stands here. */
  #row(conversation: ConversationSummary): Row {
    const folder = this.#everywhere ? folderOf(conversation.workspace) : "";
    return {
      label: conversation.title,
      description: [ageOf(conversation.updatedAt, Date.now()), folder].filter(Boolean).join(" · "),
      detail: detailOf(conversation),
      alwaysShow: true,
      buttons: BUTTONS,
      conversation,
    };
  }
}

function nothing(query: string): Row {
  return query === ""
    ? {
        label: "No conversation is kept yet",
        detail: "Ask @llm in Chat, or open a new chat document.",
        alwaysShow: true,
      }
    : { label: `Nothing says ${query}`, alwaysShow: true };
}
