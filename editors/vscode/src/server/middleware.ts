// What is changed in the traffic between VS Code and the server.

import type { Middleware } from "vscode-languageclient/node";

export const middleware: Middleware = {};
