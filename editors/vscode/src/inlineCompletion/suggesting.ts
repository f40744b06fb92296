// Stands between VS Code and the server where inline completions are asked for, and tells the server what becomes of them.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { toRange } from "../place.ts";
import { command, report } from "../report.ts";
import type { Server } from "../server/server.ts";
import { acceptedPart, type Suggested } from "./followed.ts";
import type { Switches } from "./switches.ts";

/** A suggestion that VS Code was given, and where its text begins. */
interface Given extends Suggested {
  start: vscode.Position;
  item: object;
}

type Answer = vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined;

export class Suggesting {
  readonly #server: Server;
  readonly #switches: Switches;
  #document: vscode.TextDocument | undefined;
  #given: Given[] = [];
  #shown: string | undefined;

  constructor(context: vscode.ExtensionContext, server: Server, switches: Switches) {
    this.#server = server;
    this.#switches = switches;
    server.inlineCompletion = this.#middleware();
    context.subscriptions.push(
      vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      command("llm-ls.acceptCompletion", (id: string) => server.execute("llm-ls.acceptCompletion", { id })),
    );
  }

  #middleware(): Pick<Middleware, "provideInlineCompletionItems"> {
    return {
      provideInlineCompletionItems: async (document, position, context, token, next) => {
        if (this.#switches.off(document)) {
          return null;
        }
        try {
          const answer = await next(document, position, context, token);
          if (!token.isCancellationRequested) {
            this.#gave(document, position, answer);
          }
          return answer;
        } catch (error) {
          if (context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke && !isCancellation(error)) {
            void report(error);
          }
          return null;
        }
      },
    };
  }

  /** VS Code does not say what it shows; of what it still wanted when it came, that is the first. */
  #gave(document: vscode.TextDocument, position: vscode.Position, answer: Answer): void {
    const items = answer ? (Array.isArray(answer) ? answer : answer.items) : [];
    this.#document = document;
    this.#given = items.flatMap((item) => givenOf(item, position));
    const first = this.#given[0];
    if (first && first.id !== this.#shown) {
      this.#shown = first.id;
      this.#tell("didShowCompletion", { item: first.item });
    }
  }

  #changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    const [change, ...others] = contentChanges;
    if (!change || document !== this.#document || others.length > 0 || reason || change.rangeLength > 0) {
      return;
    }
    const end = document.positionAt(change.rangeOffset + change.text.length);
    const start = this.#given[0]?.start;
    const soFar = start ? document.getText(new vscode.Range(start, end)) : "";
    const taken = acceptedPart(this.#given, change.text, soFar);
    if (taken) {
      const { suggestion, acceptedLength } = taken;
      this.#tell("didPartiallyAcceptCompletion", { item: suggestion.item, acceptedLength });
    }
  }

  #tell(method: string, params: object): void {
    void this.#server.client?.sendNotification(`textDocument/${method}`, params);
  }
}

function givenOf(item: vscode.InlineCompletionItem, position: vscode.Position): Given[] {
  const { insertText, range, command } = item;
  const id: unknown = command?.arguments?.[0];
  if (typeof insertText !== "string" || typeof id !== "string") {
    return [];
  }
  const replaced = range ?? new vscode.Range(position, position);
  return [
    { id, text: insertText, start: replaced.start, item: { insertText, range: toRange(replaced), command } },
  ];
}

function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError;
}
