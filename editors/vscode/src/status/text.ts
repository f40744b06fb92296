// What the status bar says: the model, what runs, what today cost, what is wrong.

import type { Status } from "../messages.ts";
import { dollars } from "../money.ts";

/** The life of the server, as far as it is to be seen. */
export type Life =
  | { kind: "stopped" }
  | { kind: "starting" }
  | { kind: "running" }
  | { kind: "waiting"; sentence: string }
  | { kind: "failed"; sentence: string };

export interface StatusView {
  text: string;
  tooltip: string;
  /** For those who hear it. */
  spoken: string;
  look: "normal" | "warning" | "error";
}

export function statusView(life: Life, status: Status | undefined, todayUsd: number | undefined): StatusView {
  switch (life.kind) {
    case "stopped":
      return view("$(circle-slash) llm-ls", "llm-ls does not run. Click for more.", "normal");
    case "starting":
      return view("$(loading~spin) llm-ls", "llm-ls is being started.", "normal");
    case "waiting":
      return view("$(loading~spin) llm-ls", life.sentence, "warning");
    case "failed":
      return view("$(error) llm-ls", life.sentence, "error");
    case "running":
      return running(status, todayUsd);
  }
}

function running(status: Status | undefined, todayUsd: number | undefined): StatusView {
  if (!status) {
    return view("$(sparkle) llm-ls", "llm-ls runs.", "normal");
  }
  const { model } = status;
  const name = model ? shortName(model) : "no model";
  const cost = !todayUsd ? "" : ` · ${dollars(todayUsd)}`;
  const today = todayUsd === undefined ? "" : `\n${dollars(todayUsd)} today, over all editors`;
  if (status.busy) {
    return view(
      `$(loading~spin) ${name}${cost}`,
      `${status.message}${today}\nClick to stop it, and for more.`,
      "normal",
    );
  }
  switch (status.kind) {
    case "error":
      return view(`$(warning) ${name}${cost}`, `${status.message}${today}`, "warning");
    case "warning":
      return view(`$(warning) ${name}${cost}`, `${status.message}${today}`, "normal");
    default:
      return view(
        `$(sparkle) ${name}${cost}`,
        model ? `llm-ls: ${model}${today}` : "llm-ls: no model is chosen. Click to choose one.",
        "normal",
      );
  }
}

/** The model without its provider and the folders of its id. */
export function shortName(model: string): string {
  return model.split("/").at(-1) ?? model;
}

function view(text: string, tooltip: string, look: StatusView["look"]): StatusView {
  const spoken = `${text.replace(/\$\([^)]*\)\s*/g, "")}. ${tooltip.replaceAll("\n", ". ")}`;
  return { text, tooltip, spoken, look };
}
