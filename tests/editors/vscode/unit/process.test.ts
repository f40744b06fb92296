// How often a dying server is started again, and what a log shows of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLogLine } from "../../../../editors/vscode/src/server/logLine.ts";
import { Restarts } from "../../../../editors/vscode/src/server/restarts.ts";
import { Secrets } from "../../../../editors/vscode/src/server/secrets.ts";

test("restarts come later each time, and end", () => {
  const restarts = new Restarts();

  assert.deepEqual(
    [0, 1, 2, 3, 4].map((at) => restarts.next(at)),
    [500, 2_000, 8_000, 20_000, undefined],
  );
});

test("a crash that is long ago does not count, nor one before the user restarted it", () => {
  const restarts = new Restarts();
  restarts.next(0);

  assert.equal(restarts.next(6 * 60_000), 500);

  restarts.forget();
  assert.equal(restarts.next(6 * 60_000), 500);
});

test("a key is in no text, also not as JSON", () => {
  const secrets = new Secrets();
  secrets.hide('sk-"quoted"-1234');

  assert.equal(secrets.redact('Params: {"apiKey": "sk-\\"quoted\\"-1234"}'), 'Params: {"apiKey": "***"}');
  assert.equal(secrets.redact('sk-"quoted"-1234 and more'), "*** and more");
});

test("a line of the server's log keeps its level, and a traceback is shown as it is", () => {
  const warning = parseLogLine("2026-11-27 14:37:24,009 WARNING llm_ls.auth: no keyring");

  assert.deepEqual(warning, { level: "warn", message: "llm_ls.auth: no keyring" });
  assert.deepEqual(parseLogLine("Traceback:"), { level: "info", message: "Traceback:" });
});
