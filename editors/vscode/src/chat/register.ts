// What the extension adds to VS Code's own Chat: a participant and the models of every provider.

import * as vscode from "vscode";
import type { Questions } from "../server/questions.ts";
import type { Server } from "../server/server.ts";
import { AnonymousAccess } from "./anonymousAccess.ts";
import { ModelProvider, VENDOR } from "./modelProvider.ts";
import { PARTICIPANT, Participant } from "./participant.ts";

export function register(context: vscode.ExtensionContext, server: Server, questions: Questions): void {
  const models = new vscode.EventEmitter<void>();
  const { answer } = new Participant(server, new AnonymousAccess(context), questions);
  const participant = vscode.chat.createChatParticipant(PARTICIPANT, answer);
  participant.iconPath = new vscode.ThemeIcon("sparkle");
  participant.followupProvider = { provideFollowups: ({ metadata }) => nextQuestions(metadata) };
  context.subscriptions.push(
    models,
    participant,
    vscode.lm.registerLanguageModelChatProvider(VENDOR, new ModelProvider(server, models.event)),
    server.onDidChangeState(({ kind }) => kind === "running" && models.fire()),
    server.onDidChangeModels(() => models.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("llm-ls")) {
        models.fire();
      }
    }),
  );
}

/** What people ask next, by the command that was answered; nothing after a failure. */
const NEXT: Record<string, vscode.ChatFollowup[]> = {
  explain: [{ prompt: "", command: "tests", label: "Write tests for it" }],
  fix: [{ prompt: "", command: "tests", label: "Write tests for it" }],
};

function nextQuestions(metadata: vscode.ChatResult["metadata"]): vscode.ChatFollowup[] {
  return NEXT[metadata?.command] ?? [];
}
