// The review of edits: what is pending, kept in step with the server and with the text, and what the user decides.

import * as vscode from "vscode";
import type { Proposal } from "../messages.ts";
import { fromRange } from "../place.ts";
import { plain } from "../plain.ts";
import { relativeName } from "../relativeName.ts";
import { report } from "../report.ts";
import { kindOf, Unavailable } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { refusalToWrite } from "../writable.ts";
import { nextHunk } from "./layout.ts";
import { Lenses } from "./lenses.ts";
import { Marks } from "./marks.ts";
import { isEmpty, Pending } from "./pending.ts";
import { ProposedTexts, SCHEME } from "./proposedTexts.ts";
import { partWords } from "./words.ts";

const QUIET_MS = 120;

export class Review {
  readonly #server: Server;
  readonly #refreshing = new Map<string, NodeJS.Timeout>();
  readonly #announcing = new Map<string, NodeJS.Timeout>();
  readonly pending = new Pending(() => this.#draw());
  readonly marks = new Marks(this.pending);
  readonly #lenses = new Lenses(this.pending);
  readonly texts = new ProposedTexts(this.pending);

  constructor(context: vscode.ExtensionContext, server: Server) {
    this.#server = server;
    server.onNotification<Proposal>("llm-ls/proposal", (proposal) => this.#told(proposal));
    const { window, workspace, languages } = vscode;
    context.subscriptions.push(
      this.marks,
      languages.registerCodeLensProvider(
        [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }],
        this.#lenses,
      ),
      workspace.registerTextDocumentContentProvider(SCHEME, this.texts),
      window.onDidChangeVisibleTextEditors(() => this.marks.draw()),
      window.onDidChangeActiveTextEditor(() => this.#setContext()),
      window.tabGroups.onDidChangeTabs(() => this.#setContext()),
      workspace.onDidChangeTextDocument(({ document }) => this.#refreshSoon(document)),
      workspace.onDidOpenTextDocument((document) => this.#refreshSoon(document)),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      server.onDidChangeState(({ kind }) => kind !== "running" && this.#lost()),
    );
  }

  /** Of the document that is looked at, be it as itself or as a diff. */
  get here(): Proposal[] {
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme === SCHEME) {
      const proposal = this.pending.get(uri.query);
      return proposal ? [proposal] : [];
    }
    return uri ? this.pending.of(uri.toString()) : [];
  }

  /** The change over several files that is looked at, be it in one of them or as a diff of all. */
  get setHere(): string | undefined {
    const listed = this.here.map(({ changeSet }) => changeSet).find((set) => (set?.files.length ?? 0) > 1);
    return this.texts.shownSet ?? listed?.id;
  }

  /** Takes a new proposal and brings it before the user's eyes, or says where it is. */
  show(proposal: Proposal): void {
    this.pending.put(proposal);
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === proposal.uri,
    );
    if (!editor) {
      void this.#announce(proposal);
    } else if (showsNewLines(editor.document)) {
      reveal(editor, proposal);
    } else {
      void this.texts.show(proposal).catch(report);
    }
  }

  /** Accepts the named hunks of a proposal, or all. */
  async accept(id: string, hunks?: string[]): Promise<void> {
    const proposal = this.pending.get(id);
    if (!proposal) {
      return;
    }
    await refuseReadOnly(proposal);
    if (proposal.changeSet === undefined) {
      await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    }
    await this.#settle("llm-ls/acceptProposal", id, hunks);
  }

  /** Accepts what is left of a change set: all its files, or none. */
  async acceptSet(id: string): Promise<void> {
    for (const part of this.pending.ofSet(id)) {
      await refuseReadOnly(part);
    }
    await this.#settle("llm-ls/acceptProposal", id, undefined);
  }

  async reject(id: string, hunks?: string[]): Promise<void> {
    await this.#settle("llm-ls/rejectProposal", id, hunks);
  }

  async retry(id: string): Promise<void> {
    await this.#server.execute("llm-ls.retry", { id });
  }

  /** Moves the cursor to the next hunk, or the previous one. */
  go(step: 1 | -1): void {
    const editor = vscode.window.activeTextEditor;
    const hunk = editor && nextHunk(this.here, editor.selection.active.line, step);
    if (hunk) {
      const { start } = fromRange(hunk.range);
      editor.selection = new vscode.Selection(start, start);
      editor.revealRange(fromRange(hunk.range), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  /** Opens the document of a proposal at its first hunk, or a diff where there is none to open. */
  async open(proposal: Proposal): Promise<void> {
    if (proposal.operation?.kind === "create") {
      await this.texts.show(proposal);
      return;
    }
    const editor = await vscode.window.showTextDocument(vscode.Uri.parse(proposal.uri));
    await this.#refresh(proposal.uri);
    reveal(editor, this.pending.get(proposal.id) ?? proposal);
  }

  async #settle(
    method: "llm-ls/acceptProposal" | "llm-ls/rejectProposal",
    id: string,
    hunks: string[] | undefined,
  ): Promise<void> {
    try {
      await this.#server.request(method, hunks ? { id, hunks } : { id });
    } catch (error) {
      if (kindOf(error) !== "not_found") {
        throw error;
      }
      const parts = [this.pending.get(id), ...this.pending.ofSet(id)];
      for (const uri of new Set(parts.flatMap((part) => part?.uri ?? []))) {
        await this.#refresh(uri);
      }
    }
  }

  #told(proposal: Proposal): void {
    const isNew = this.pending.get(proposal.id) === undefined && !isEmpty(proposal);
    if (isNew && !proposal.changeSet) {
      this.show(proposal);
      return;
    }
    this.pending.put(proposal);
    if (isNew && proposal.changeSet) {
      this.#announceSoon(proposal.changeSet.id);
    }
  }

  /** Once for all files: they are told one after the other. */
  #announceSoon(id: string): void {
    clearTimeout(this.#announcing.get(id));
    const announce = () => {
      this.#announcing.delete(id);
      void this.#announceSet(id).catch(report);
    };
    this.#announcing.set(id, setTimeout(announce, QUIET_MS));
  }

  async #announceSet(id: string): Promise<void> {
    const parts = this.pending.ofSet(id);
    const [first] = parts;
    if (!first?.changeSet) {
      return;
    }
    const files = parts.map((part) => partWords(part, relativeName)).join(", ");
    const words = plain(`llm-ls: ready to review: ${first.changeSet.title}: ${files}.`);
    const chosen = await vscode.window.showInformationMessage(words, "Review", "Accept All", "Reject");
    if (chosen === "Review") {
      await this.texts.show(first);
    } else if (chosen === "Accept All") {
      await this.acceptSet(id);
    } else if (chosen === "Reject") {
      await this.reject(id);
    }
  }

  async #announce(proposal: Proposal): Promise<void> {
    const words = `llm-ls: an edit of ${relativeName(proposal.uri)} is ready (${proposal.summary}).`;
    const chosen = await vscode.window.showInformationMessage(words, "Review", "Reject");
    if (chosen === "Review") {
      await this.open(proposal).catch(report);
    } else if (chosen === "Reject") {
      await this.reject(proposal.id).catch(report);
    }
  }

  /** What an untitled document was to become is over with it; a file's edits wait until it is opened again. */
  #closed(document: vscode.TextDocument): void {
    if (document.isUntitled) {
      for (const { id } of this.pending.of(document.uri.toString())) {
        void this.reject(id).catch(() => undefined);
      }
    }
    this.#draw();
  }

  #refreshSoon(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (this.pending.of(uri).length === 0) {
      return;
    }
    clearTimeout(this.#refreshing.get(uri));
    this.#refreshing.set(
      uri,
      setTimeout(() => {
        this.#refreshing.delete(uri);
        void this.#refresh(uri).catch(report);
      }, QUIET_MS),
    );
  }

  /** The server follows the text; here its word is taken, but not for a text that has changed again. */
  async #refresh(uri: string): Promise<void> {
    if (this.#server.state.kind !== "running") {
      return;
    }
    const listed = await this.#server.request("llm-ls/listProposals", { uri });
    if (!this.#refreshing.has(uri)) {
      this.pending.replace(uri, listed);
    }
  }

  /** With the server its pending edits are gone; the text is as it was. */
  #lost(): void {
    const count = this.pending.all.length;
    this.pending.clear();
    if (count > 0) {
      const edits = count === 1 ? "The pending edit is" : `${count} pending edits are`;
      void vscode.window.showInformationMessage(
        `llm-ls: ${edits} gone with the server. Your text is as it was.`,
      );
    }
  }

  #draw(): void {
    this.marks.draw();
    this.#lenses.refresh();
    this.texts.refresh();
    this.#setContext();
  }

  #setContext(): void {
    const set = (key: string, value: boolean) => vscode.commands.executeCommand("setContext", key, value);
    void set("llm-ls.proposalVisible", this.here.length > 0);
    void set("llm-ls.proposalsPending", this.pending.all.length > 0);
    void set("llm-ls.changeSetVisible", this.setHere !== undefined);
    void set("llm-ls.changeSetShown", this.texts.shownSet !== undefined);
  }
}

async function refuseReadOnly({ uri }: Proposal): Promise<void> {
  const refusal = await refusalToWrite(vscode.Uri.parse(uri));
  if (refusal) {
    throw new Unavailable(refusal);
  }
}

/** New lines are drawn as comments; where VS Code shows none, a diff is all that shows them. */
function showsNewLines({ uri }: vscode.TextDocument): boolean {
  const comments = vscode.workspace.getConfiguration("comments");
  return uri.scheme !== "vscode-notebook-cell" && comments.get("visible", true);
}

function reveal(editor: vscode.TextEditor, proposal: Proposal): void {
  const first = proposal.hunks[0];
  if (first) {
    editor.revealRange(fromRange(first.range), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}
