// The commands about conversations that the server keeps: open one from the list, and what else can be done with it.

import * as vscode from "vscode";
import type { ConversationSummary } from "../messages.ts";
import { command } from "../report.ts";
import type { Server } from "../server/server.ts";
import * as chatDocument from "./chatDocument.ts";
import { type Choice, ConversationPicker } from "./picker.ts";
import { ageOf, messageCount } from "./text.ts";
import { firstLine, otherVersions } from "./versions.ts";

const DELETE = "Delete";

export function register(context: vscode.ExtensionContext, server: Server): void {
  chatDocument.register(context, server);
  context.subscriptions.push(
    command("llm-ls.openConversation", async () => {
      await server.start();
      // What leaves the list open, such as renaming, comes back to it.
      for (let goesOn = true; goesOn; ) {
        const choice = await new ConversationPicker(server).choose();
        goesOn = choice !== undefined && (await act(server, choice));
      }
    }),
  );
}

/** Whether the list is to be shown again. */
async function act(server: Server, { act, conversation }: Choice): Promise<boolean> {
  if (!conversation) {
    await server.execute("llm-ls.chat", {});
    return false;
  }
  const { id } = conversation;
  switch (act) {
    case "rename":
      await rename(server, conversation);
      return true;
    case "delete":
      await erase(server, conversation);
      return true;
    case "fork":
      await open(server, (await server.request("llm-ls/forkConversation", { id })).id);
      return false;
    case "versions":
      return !(await openVersion(server, id));
    case "export":
      await show(await server.request("llm-ls/exportConversation", { id }));
      return false;
    default:
      await open(server, id);
      return false;
  }
}

async function open(server: Server, conversation: string): Promise<void> {
  await server.execute("llm-ls.chat", { conversation });
}

/** In a copy, so that the conversation goes on where it was. Whether one was chosen. */
async function openVersion(server: Server, id: string): Promise<boolean> {
  const versions = await otherVersions(async (through) => {
    const params = { id, ...(through !== undefined && { through }) };
    return (await server.request("llm-ls/getConversation", params)).turns;
  });
  const items = versions.map(({ turn, end, turns }) => ({
    label: firstLine(turn),
    description: `${turn.role === "user" ? "a question" : "an answer"}, ${ageOf(turn.at, Date.now())}`,
    detail: messageCount(turns),
    end,
  }));
  const placeHolder =
    items.length > 0 ? "Opens in a copy of the conversation" : "Nothing was asked otherwise or again";
  const chosen = await vscode.window.showQuickPick(items, { title: "Other versions", placeHolder });
  if (chosen) {
    const copied = await server.request("llm-ls/forkConversation", { id, turnId: chosen.end });
    await open(server, copied.id);
  }
  return chosen !== undefined;
}

async function rename(server: Server, { id, title }: ConversationSummary): Promise<void> {
  const prompt = "The new title";
  const given = await vscode.window.showInputBox({ title: "Rename the conversation", prompt, value: title });
  if (given?.trim()) {
    await server.request("llm-ls/renameConversation", { id, title: given.trim() });
  }
}

async function erase(server: Server, { id, title }: ConversationSummary): Promise<void> {
  const words = `Delete the conversation “${title}”?`;
  const options = { modal: true, detail: "It cannot be had back." };
  if ((await vscode.window.showWarningMessage(words, options, DELETE)) === DELETE) {
    await server.request("llm-ls/deleteConversation", { id });
  }
}

/** As a document that is not saved yet: the user says where it is to be. */
async function show({ text }: { text: string }): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: text });
  await vscode.window.showTextDocument(document);
}
