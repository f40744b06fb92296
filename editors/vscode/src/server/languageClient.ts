// The language client: VS Code's, but quiet, with our capabilities, and with the server's commands left to us.

import type * as vscode from "vscode";
import type {
  ClientCapabilities,
  DynamicFeature,
  FeatureState,
  StaticFeature,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";
import {
  CloseAction,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  ProgressType,
  RevealOutputChannelOn,
  type StreamInfo,
  WorkDoneProgress,
} from "vscode-languageclient/node";
import type { ChatEvent } from "../messages.ts";
import { createMiddleware } from "./middleware.ts";
import type { Server } from "./server.ts";

export type Work = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }];
const CHAT_EVENTS = new ProgressType<ChatEvent>();

/** A client that is not started yet. `start` starts the process; `closed` is called when it ends by itself. */
export function createClient(
  server: Server,
  start: () => Promise<StreamInfo>,
  closed: () => void,
): QuietClient {
  const client = new QuietClient("llm-ls", "llm-ls", start, {
    documentSelector: DOCUMENTS,
    outputChannel: server.log,
    traceOutputChannel: server.log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        closed();
        return { action: CloseAction.DoNotRestart, handled: true, message: "the connection is closed" };
      },
    },
    middleware: createMiddleware(server),
  });
  client.registerFeature(new OwnCapabilities());
  return client;
}

export class QuietClient extends LanguageClient {
  /**
   * Leaves out the feature that registers the server's commands: they would be there only while the server runs, and
   * ours of the same name, which say what is wrong when it does not, could not be.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the signature is the library's
  override registerFeature(feature: StaticFeature | DynamicFeature<any>): void {
    const method = "registrationType" in feature ? feature.registrationType.method : undefined;
    if (method !== ExecuteCommandRequest.method) {
      super.registerFeature(feature);
    }
  }

  onAnswer(token: string, handler: (event: ChatEvent) => void): vscode.Disposable {
    return this.onProgress(CHAT_EVENTS, token, handler);
  }

  onWork(token: string, handler: (work: Work) => void): vscode.Disposable {
    return this.onProgress(WorkDoneProgress.type, token, handler);
  }

  /** Logs and shows nothing: the server tells its failures in words, and `Server` tells of its end. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Declares that we review edits hunk by hunk, show the status and ask the user for a line. */
class OwnCapabilities implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { "llm-ls": { proposals: true, status: true, input: true } };
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  initialize(): void {}

  clear(): void {}
}
