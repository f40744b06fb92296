// What the extension adds to VS Code's own Chat: a participant and the models of every provider.

import type * as vscode from "vscode";
import type { Server } from "../server/server.ts";

export function register(_context: vscode.ExtensionContext, _server: Server): void {}
