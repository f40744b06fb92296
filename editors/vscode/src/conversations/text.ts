// A kept conversation in a list: how old it is, how long, what it cost.

import type { ConversationSummary } from "../messages.ts";
import { dollars } from "../money.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function ageOf(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE_MS) {
    return "just now";
  }
  if (passed < HOUR_MS) {
    return `${Math.floor(passed / MINUTE_MS)} min ago`;
  }
  if (passed < DAY_MS) {
    return `${Math.floor(passed / HOUR_MS)} h ago`;
  }
  const days = Math.floor(passed / DAY_MS);
  return days === 1 ? "yesterday" : days < 30 ? `${days} days ago` : at.slice(0, 10);
}

export function detailOf({ turns, model, usage }: ConversationSummary): string {
  const parts = [messageCount(turns), usage.costUsd === undefined ? "" : dollars(usage.costUsd), model ?? ""];
  return parts.filter((part) => part !== "").join(" · ");
}

export function messageCount(turns: number): string {
  return turns === 1 ? "1 message" : `${turns} messages`;
}

/** The last folder of a workspace's uri, where several workspaces are listed together. */
export function folderOf(workspace: string | undefined): string {
  return decodeURIComponent(workspace?.replace(/\/+$/, "").split("/").at(-1) ?? "");
}
