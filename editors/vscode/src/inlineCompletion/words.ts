// What people read about where inline completion is on and off.

import type { Level } from "./switches.ts";

/** That it is off at that level. */
export function offWords(level: Level, languageId: string): string {
  return `Inline completion is off${where(level, languageId)}.`;
}

/** What turns it off there, or on again. */
export function toggleWords(level: Level, isOff: boolean, languageId: string): string {
  return `Turn ${isOff ? "on" : "off"}${where(level, languageId)}`;
}

function where(level: Level, languageId: string): string {
  return { everywhere: "", language: ` for ${languageId}`, file: " in this file" }[level];
}
