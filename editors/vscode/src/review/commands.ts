// The commands of the review, for the keys, the words above a hunk, the palette and the diff.

import * as vscode from "vscode";
import { relativeName } from "../relativeName.ts";
import { command } from "../report.ts";
import { hunkAt } from "./layout.ts";
import type { Reference } from "./marks.ts";
import type { Review } from "./review.ts";
import { originWords, partWords } from "./words.ts";

export function register(context: vscode.ExtensionContext, review: Review): void {
  const add = (name: string, run: (given?: unknown) => unknown): void => {
    context.subscriptions.push(command(`llm-ls.review.${name}`, run));
  };
  const everyId = (given: unknown): string[] => {
    const id = (given as Partial<Reference> | undefined)?.id;
    return id ? [id] : review.here.map((proposal) => proposal.id);
  };
  const oneHunk = (given: unknown): Reference | undefined => referenceOf(review, given);
  add("acceptAll", async (given) => {
    for (const id of everyId(given)) {
      await review.accept(id);
    }
  });
  add("rejectAll", async (given) => {
    for (const id of everyId(given)) {
      await review.reject(id);
    }
  });
  const oneSet = (given: unknown): string | undefined =>
    (given as { changeSet?: string } | undefined)?.changeSet ?? review.setHere;
  add("acceptFiles", async (given) => {
    const id = oneSet(given);
    return id && review.acceptSet(id);
  });
  add("rejectFiles", async (given) => {
    const id = oneSet(given);
    return id && review.reject(id);
  });
  add("acceptHunk", async (given) => {
    const one = oneHunk(given);
    if (one) {
      await review.accept(one.id, [one.hunk]);
      review.go(1);
    }
  });
  add("rejectHunk", async (given) => {
    const one = oneHunk(given);
    if (one) {
      await review.reject(one.id, [one.hunk]);
      review.go(1);
    }
  });
  add("retry", (given) =>
    Promise.all(
      everyId(given)
        .slice(0, 1)
        .map((id) => review.retry(id)),
    ),
  );
  add("showDiff", async (given) => {
    const proposal = review.pending.get(everyId(given)[0] ?? "");
    return proposal && review.texts.show(proposal);
  });
  add("nextHunk", () => review.go(1));
  add("previousHunk", () => review.go(-1));
  add("pending", () => choosePending(review));
}

/** The hunk that a button names, that a drawn change shows, or at which the cursor is. */
function referenceOf(review: Review, given: unknown): Reference | undefined {
  const named = given as Partial<Reference> | undefined;
  if (named?.id && named.hunk) {
    return { id: named.id, hunk: named.hunk };
  }
  const drawn = given ? review.marks.referenceOf(given as vscode.CommentThread) : undefined;
  if (drawn) {
    return drawn;
  }
  const found = hunkAt(review.here, vscode.window.activeTextEditor?.selection.active.line ?? 0);
  return found && { id: found.proposal.id, hunk: found.hunk.id };
}

async function choosePending(review: Review): Promise<void> {
  const items = review.pending.all.map((proposal) => ({
    label: partWords({ ...proposal, summary: "" }, relativeName).replace(" ()", ""),
    description: proposal.summary,
    detail: originWords(proposal),
    proposal,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Pending edits", matchOnDetail: true });
  if (chosen) {
    await review.open(chosen.proposal);
  }
}
