// The server's own tools for VS Code's Chat, whichever model it asks. The user's word is asked as for any tool there.

import * as vscode from "vscode";
import { callLine, inputLines, titleOf } from "../chat/toolWords.ts";
import type { Server } from "../server/server.ts";
import { type Access, TOOLS } from "./generated.ts";

const PREFIX = "llm-ls_";

export function register(context: vscode.ExtensionContext, server: Server): void {
  for (const [name, access] of Object.entries(TOOLS)) {
    context.subscriptions.push(vscode.lm.registerTool(PREFIX + name, new NativeTool(server, name, access)));
  }
}

class NativeTool implements vscode.LanguageModelTool<object> {
  readonly #server: Server;
  readonly #name: string;
  readonly #access: Access;

  constructor(server: Server, name: string, access: Access) {
    this.#server = server;
    this.#name = name;
    this.#access = access;
  }

  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<object>): vscode.PreparedToolInvocation {
    const invocationMessage = new vscode.MarkdownString(callLine(this.#name, input));
    if (!this.#isAsked()) {
      return { invocationMessage };
    }
    // A command is shown whole, whether or not VS Code shows what else it was given.
    const whole = new vscode.MarkdownString().appendCodeblock(inputLines(input), "yaml");
    const message = this.#access === "command" ? whole : invocationMessage;
    return { invocationMessage, confirmationMessages: { title: `llm-ls: ${titleOf(this.#name)}?`, message } };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<object>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const params = { name: this.#name, input, allowed: true };
    const { content, isError } = await this.#server.request("llm-ls/callTool", params, token);
    if (isError) {
      throw new Error(content);
    }
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(content)]);
  }

  /** As the server does with its own models: a proposal is reviewed anyway, and reading may be allowed for good. */
  #isAsked(): boolean {
    const tools = vscode.workspace.getConfiguration("llm-ls").get<string>("chat.tools");
    return this.#access !== "propose" && !(this.#access === "read" && tools === "auto");
  }
}
