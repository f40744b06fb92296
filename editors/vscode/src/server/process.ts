// The server's process: started where no project can influence it, listened to, and surely ended.

import { type ChildProcess, spawn } from "node:child_process";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import type * as vscode from "vscode";
import type { Launch } from "./find.ts";
import { parseLogLine } from "./logLine.ts";

const PATIENCE_MS = 2_000;

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** What it printed last on standard error: when it died, why. */
  lastWords = "";

  private constructor(child: ChildProcess, log: vscode.LogOutputChannel) {
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", () => resolve());
    });
    child.once("exit", (code, signal) => log.info(`the server ended: ${signal ?? `exit code ${code}`}`));
    if (child.stderr) {
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.lastWords = line.trim() || this.lastWords;
        const { level, message } = parseLogLine(line);
        log[level](message);
      });
    }
  }

  /** Rejects if the program cannot be started. The folder is the user's: uv obeys the `uv.toml` of where it runs. */
  static async start(launch: Launch, log: vscode.LogOutputChannel): Promise<ServerProcess> {
    const shell = /\.(cmd|bat)$/i.test(launch.command);
    const child = spawn(shell ? `"${launch.command}"` : launch.command, launch.args, {
      cwd: homedir(),
      shell,
      windowsHide: true,
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    return new ServerProcess(child, log);
  }

  get reader(): NodeJS.ReadableStream {
    return this.#child.stdout as NodeJS.ReadableStream;
  }

  get writer(): NodeJS.WritableStream {
    return this.#child.stdin as NodeJS.WritableStream;
  }

  /** Closes its input, at which it ends by itself, and kills it if it does not. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    if (!(await this.endsWithin(PATIENCE_MS))) {
      this.#child.kill();
      if (!(await this.endsWithin(PATIENCE_MS))) {
        this.#child.kill("SIGKILL");
      }
    }
  }

  endsWithin(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      void this.#ended.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
