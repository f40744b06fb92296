// `llm-ls.selectModel`: every model of every provider that can be asked, with its price.

import * as vscode from "vscode";
import { isArgument } from "../commands.ts";
import type { ListedModel } from "../messages.ts";
import { command } from "../report.ts";
import type { Server } from "../server/server.ts";
import type { StatusBar } from "../status/bar.ts";
import { detailOf, inOrder } from "./text.ts";

interface Row extends vscode.QuickPickItem {
  model?: ListedModel;
}

const KEEP: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("pin"),
  tooltip: "Use it in every window from now on (writes the setting llm-ls.model)",
};
const REFRESH: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("refresh"),
  tooltip: "Ask the providers again",
};

export function register(context: vscode.ExtensionContext, server: Server, bar: StatusBar): void {
  context.subscriptions.push(
    command("llm-ls.selectModel", async (given?: unknown) => {
      if (isArgument(given) && "model" in given && given.model) {
        return server.execute("llm-ls.selectModel", given);
      }
      await server.start();
      return new ModelPicker(server, bar.status?.model).show();
    }),
  );
}

class ModelPicker {
  readonly #server: Server;
  readonly #current: string | undefined;
  readonly #picker = vscode.window.createQuickPick<Row>();

  constructor(server: Server, current: string | undefined) {
    this.#server = server;
    this.#current = current;
  }

  /** Done once the user has chosen, or not. */
  async show(): Promise<void> {
    const picker = this.#picker;
    picker.title = "Which model should answer?";
    picker.placeholder = "Name, provider or ability";
    picker.matchOnDescription = true;
    picker.matchOnDetail = true;
    picker.buttons = [REFRESH];
    const chosen = new Promise<{ model?: ListedModel; keep: boolean }>((resolve) => {
      const take = (model: ListedModel | undefined, keep: boolean) =>
        resolve(model ? { model, keep } : { keep });
      picker.onDidAccept(() => take(picker.activeItems[0]?.model, false));
      picker.onDidTriggerItemButton(({ item }) => take(item.model, true));
      picker.onDidTriggerButton(() => void this.#list(true));
      picker.onDidHide(() => take(undefined, false));
    });
    picker.show();
    await this.#list(false);
    const { model, keep } = await chosen;
    picker.dispose();
    if (model) {
      await this.#use(model, keep);
    }
  }

  async #list(refresh: boolean): Promise<void> {
    this.#picker.busy = true;
    try {
      const models = await this.#server.request("llm-ls/listModels", { refresh });
      this.#picker.items =
        models.length > 0 ? inOrder(models, this.#current).map((model) => this.#row(model)) : NONE;
    } finally {
      this.#picker.busy = false;
    }
  }

  #row(model: ListedModel): Row {
    const used = model.id === this.#current ? "$(check) " : "";
    return {
      label: `${used}${model.name || model.id}`,
      description: model.id,
      detail: detailOf(model),
      buttons: [KEEP],
      model,
    };
  }

  async #use({ id, provider }: ListedModel, keep: boolean): Promise<void> {
    const model = id.startsWith(`${provider}/`) ? id.slice(provider.length + 1) : id;
    await this.#server.request("llm-ls/setActiveProvider", { provider, model });
    if (keep) {
      const settings = vscode.workspace.getConfiguration("llm-ls");
      await settings.update("model", id, vscode.ConfigurationTarget.Global);
    }
  }
}

const NONE: Row[] = [
  {
    label: "No provider is configured",
    detail: "Add an API key, sign in, or start a model on this machine.",
    alwaysShow: true,
  },
];
