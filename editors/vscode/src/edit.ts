// `llm-ls.edit`: an instruction, the answer as it streams in beside the text, then its review.

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { isArgument } from "./commands.ts";
import { askInstruction } from "./instructions.ts";
import { activeEditor, fromRange, placeOf } from "./place.ts";
import { command } from "./report.ts";
import type { Review } from "./review/review.ts";
import { Unavailable } from "./server/failures.ts";
import type { Server } from "./server/server.ts";
import { StreamedEdit } from "./streamedEdit.ts";
import { refusalToWrite } from "./writable.ts";

export function register(context: vscode.ExtensionContext, server: Server, review: Review): void {
  context.subscriptions.push(
    command("llm-ls.edit", async (given?: unknown) => {
      if (isArgument(given)) {
        // A code action's: the server takes the instruction of a comment above the text, or asks for one.
        return server.execute("llm-ls.edit", given);
      }
      const editor = activeEditor();
      const refusal = await refusalToWrite(editor.document.uri);
      if (refusal) {
        throw new Unavailable(refusal);
      }
      warm(await server.ready("llm-ls/edit"), editor);
      const instruction = await askInstruction(context.workspaceState);
      return instruction ? edit(server, review, editor, instruction) : undefined;
    }),
  );
}

/** Asked for code actions, the server gets ready to ask its model, while the user still types. */
function warm(client: LanguageClient, editor: vscode.TextEditor): void {
  const { uri, range } = placeOf(editor);
  const params = { textDocument: { uri }, range, context: { diagnostics: [], triggerKind: 1 } };
  client.sendRequest("textDocument/codeAction", params).catch(() => undefined);
}

async function edit(
  server: Server,
  review: Review,
  editor: vscode.TextEditor,
  instruction: string,
): Promise<void> {
  const { uri, range, diagnostics } = placeOf(editor);
  const streamed = new StreamedEdit(editor);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `llm-ls: ${instruction}`,
    cancellable: true,
  };
  try {
    const { proposal, applied } = await vscode.window.withProgress(options, (progress, token) =>
      server.stream(
        "llm-ls/edit",
        { textDocument: { uri, version: editor.document.version }, range, instruction, diagnostics },
        (event) => {
          if (event.type === "text_delta") {
            streamed.add(event.text);
          } else if (event.type === "notice") {
            progress.report({ message: event.message });
          }
        },
        token,
        (work) => work.kind === "report" && work.message && progress.report({ message: work.message }),
      ),
    );
    const first = proposal?.hunks[0];
    if (proposal && first && !applied) {
      review.show(proposal);
      const { start } = fromRange(first.range);
      editor.selection = new vscode.Selection(start, start);
    }
  } finally {
    streamed.dispose();
  }
}
