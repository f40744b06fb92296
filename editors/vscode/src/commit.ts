// The commit message, written into the box of the repository while it comes.

import * as vscode from "vscode";
import { command } from "./report.ts";
import { Unavailable } from "./server/failures.ts";
import type { Server } from "./server/server.ts";

/** What is used of the API of VS Code's own Git extension. */
interface Repository {
  rootUri: vscode.Uri;
  inputBox: { value: string };
}

interface GitApi {
  repositories: Repository[];
  getRepository(uri: vscode.Uri): Repository | null;
}

let stop: vscode.CancellationTokenSource | undefined;

export function register(context: vscode.ExtensionContext, server: Server): void {
  context.subscriptions.push(
    command("llm-ls.commitMessage", async (given?: { rootUri?: vscode.Uri }) => {
      const repository = await repositoryMeant(given?.rootUri);
      return repository && write(server, repository);
    }),
    command("llm-ls.stopCommitMessage", () => stop?.cancel()),
  );
}

async function write(server: Server, repository: Repository): Promise<void> {
  const before = repository.inputBox.value;
  const source = new vscode.CancellationTokenSource();
  stop?.cancel();
  stop = source;
  await vscode.commands.executeCommand("setContext", "llm-ls.writingCommitMessage", true);
  const options = { location: vscode.ProgressLocation.SourceControl };
  let text = "";
  try {
    const { message } = await vscode.window.withProgress(options, () =>
      server.stream(
        "llm-ls/commitMessage",
        { uri: repository.rootUri.toString() },
        (event) => {
          if (event.type === "text_delta") {
            text += event.text;
            repository.inputBox.value = text;
          }
        },
        source.token,
      ),
    );
    repository.inputBox.value = message;
  } catch (error) {
    repository.inputBox.value = before;
    throw error;
  } finally {
    if (stop === source) {
      stop = undefined;
      await vscode.commands.executeCommand("setContext", "llm-ls.writingCommitMessage", false);
    }
    source.dispose();
  }
}

/** The repository of the button that was pressed, the only one, or the one the user picks. */
async function repositoryMeant(root: vscode.Uri | undefined): Promise<Repository | undefined> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>("vscode.git");
  if (!extension) {
    throw new Unavailable("VS Code's Git extension is not there, or is disabled.");
  }
  const git = (await extension.activate()).getAPI(1);
  const { repositories } = git;
  const named = root && git.getRepository(root);
  if (named) {
    return named;
  }
  if (repositories.length === 0) {
    throw new Unavailable("There is no Git repository here.");
  }
  if (repositories.length === 1) {
    return repositories[0];
  }
  const items = repositories.map((repository) => ({ label: repository.rootUri.fsPath, repository }));
  const chosen = await vscode.window.showQuickPick(items, { title: "For which repository?" });
  return chosen?.repository;
}
