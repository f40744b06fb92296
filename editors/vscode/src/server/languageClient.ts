// The language client: VS Code's, but quiet, with our capabilities, and with the server's commands left to us.

import type {
  ClientCapabilities,
  DynamicFeature,
  FeatureState,
  StaticFeature,
} from "vscode-languageclient/node";
import { ExecuteCommandRequest, LanguageClient } from "vscode-languageclient/node";

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

  /** Logs and shows nothing: the server tells its failures in words, and `Server` tells of its end. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Declares that we review edits hunk by hunk, show the status and ask the user for a line. */
export class OwnCapabilities implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { "llm-ls": { proposals: true, status: true, input: true } };
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  initialize(): void {}

  clear(): void {}
}
