// Where the server is: the setting, `llm-ls` on PATH, or `uvx llm-ls`.

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

export interface Machine {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  home: string;
  isExecutable(file: string): boolean;
}

export interface Launch {
  command: string;
  args: string[];
  origin: "setting" | "path" | "uvx";
}

export type Missing = { missing: "setting"; path: string } | { missing: "everywhere" };

/** The first that is there; a setting that names nothing is never passed over, since its user means it. */
export function findServer(setting: string, machine: Machine = thisMachine()): Launch | Missing {
  if (setting.trim() !== "") {
    const wanted = expandHome(setting.trim(), machine);
    const file = isPath(wanted, machine) ? executable(wanted, machine) : onPath(wanted, machine);
    return file === undefined
      ? { missing: "setting", path: setting.trim() }
      : { command: file, args: ["--stdio"], origin: "setting" };
  }
  const own = onPath("llm-ls", machine);
  if (own !== undefined) {
    return { command: own, args: ["--stdio"], origin: "path" };
  }
  const uvx = onPath("uvx", machine);
  if (uvx !== undefined) {
    return { command: uvx, args: ["llm-ls", "--stdio"], origin: "uvx" };
  }
  return { missing: "everywhere" };
}

/** The machine's own PATH, and the folder where uv and pipx put programs though a desktop's PATH may lack it. */
function onPath(name: string, machine: Machine): string | undefined {
  const { posix, win32 } = path;
  const flavour = machine.platform === "win32" ? win32 : posix;
  const listed = (machine.env.PATH ?? machine.env.Path ?? "").split(flavour.delimiter);
  for (const folder of [...listed, flavour.join(machine.home, ".local", "bin")]) {
    const file = folder === "" ? undefined : executable(flavour.join(folder, name), machine);
    if (file !== undefined) {
      return file;
    }
  }
  return undefined;
}

/** `file`, or on Windows `file` with an ending that can be run. */
function executable(file: string, machine: Machine): string | undefined {
  const endings = machine.platform === "win32" ? ["", ".exe", ".cmd", ".bat"] : [""];
  return endings.map((ending) => file + ending).find((name) => machine.isExecutable(name));
}

function isPath(text: string, machine: Machine): boolean {
  return text.includes("/") || (machine.platform === "win32" && text.includes("\\"));
}

function expandHome(text: string, machine: Machine): string {
  return /^~[/\\]/.test(text) ? path.join(machine.home, text.slice(2)) : text;
}

function thisMachine(): Machine {
  return { platform: process.platform, env: process.env, home: homedir(), isExecutable };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
