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

/** While a question of the server's is not answered. */
export const ASKING: StatusView = view(
  "$(question) llm-ls asks",
  "llm-ls waits for your answer to a message. Click to see it.",
  "warning",
);

/** `inlineOff` says where inline completion is off, if it is for the document that is looked at. */
export function statusView(
  life: Life,
  status: Status | undefined,
  todayUsd: number | undefined,
  inlineOff?: string,
): StatusView {
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
      return running(status, todayUsd, inlineOff);
  }
}

function running(
  status: Status | undefined,
  todayUsd: number | undefined,
  inlineOff: string | undefined,
): StatusView {
  if (!status) {
    return view("$(sparkle) llm-ls", "llm-ls runs.", "normal");
  }
  const { model } = status;
  const name = model ? shortName(model) : "no model";
  const beside = (todayUsd ? ` · ${dollars(todayUsd)}` : "") + (inlineOff ? " · inline off" : "");
  const spent = todayUsd === undefined ? "" : `\n${dollars(todayUsd)} today, over all editors`;
  const more = spent + (inlineOff ? `\n${inlineOff}` : "");
  if (status.busy) {
    return view(
      `$(loading~spin) ${name}${beside}`,
      `${status.message}${more}\nClick to stop it, and for more.`,
      "normal",
    );
  }
  switch (status.kind) {
    case "error":
      return view(`$(warning) ${name}${beside}`, `${status.message}${more}`, "warning");
    case "warning":
      return view(`$(warning) ${name}${beside}`, `${status.message}${more}`, "normal");
    default:
      return view(
        `$(sparkle) ${name}${beside}`,
        model ? `llm-ls: ${model}${more}` : "llm-ls: no model is chosen. Click to choose one.",
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
