// What became of a suggestion, from how the text changes: VS Code tells an extension only of the acceptance of a whole.

/** A suggestion: `text` takes the place of what stands from `start` to the cursor, on one line. */
export interface Suggested {
  id: string;
  text: string;
}

/**
 * How much of which suggestion was taken by a change that inserted `inserted`, after which `soFar` stands between the
 * suggestion's start and the cursor. Undefined if it was typed, or taken whole, or is another text.
 */
export function acceptedPart<S extends Suggested>(
  suggested: readonly S[],
  inserted: string,
  soFar: string,
): { suggestion: S; acceptedLength: number } | undefined {
  if (inserted.length < 2 || inserted.trim() === "") {
    return undefined;
  }
  const suggestion = suggested.find(({ text }) => text.startsWith(soFar) && text.length > soFar.length);
  return suggestion && { suggestion, acceptedLength: soFar.length };
}
