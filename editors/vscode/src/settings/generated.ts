// The settings of the server; written by tests/rigs/vscode_settings.py, not by hand.

/** Every setting of the server. */
export const NAMES: readonly string[] = [
  "model",
  "models.chat",
  "models.edit",
  "models.inlineCompletion",
  "models.nextEdit",
  "models.fast",
  "models.mid",
  "models.best",
  "fallbacks",
  "deployments",
  "providers",
  "codeActions.lightbulb",
  "codeActions.review",
  "codeActions.custom",
  "inlineCompletion.enabled",
  "inlineCompletion.debounceMs",
  "inlineCompletion.maxTokens",
  "inlineCompletion.disabledLanguages",
  "inlineCompletion.completionItems",
  "nextEdit.enabled",
  "chat.tools",
  "chat.maxToolRounds",
  "chat.runCommands",
  "chat.instructions",
  "mcpServers",
  "context.exclude",
  "context.maxFileBytes",
  "credentials.store",
  "budget.dailyUsd",
  "responseCache.maxEntries",
  "responseCache.maxAgeS",
  "proxy",
  "caFile",
  "log.level",
];

/** Those that a workspace may set as it likes. */
export const WORKSPACE: readonly string[] = [
  "model",
  "models.chat",
  "models.edit",
  "models.inlineCompletion",
  "models.nextEdit",
  "models.fast",
  "models.mid",
  "models.best",
  "fallbacks",
  "codeActions.lightbulb",
];

/** The values to which a workspace may set others. */
export const LIMITED: Readonly<Record<string, readonly unknown[]>> = {
  "codeActions.review": ["confirm", "proposal"],
  "inlineCompletion.enabled": [false],
  "nextEdit.enabled": ["off"],
  "chat.tools": ["off"],
  "chat.runCommands": [false],
};
