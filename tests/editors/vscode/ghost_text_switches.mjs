// Ghost text turned off and on again in the file, for its language, and everywhere.

const SWITCHES = [
  "llm-ls: Toggle Inline Completion in This File",
  "llm-ls: Toggle Inline Completion for This Language",
  "llm-ls: Toggle Inline Completion",
];

export default async (t) => {
  await t.status("tiny");
  await t.open("mean.py", "def mean(values):\n");
  const seen = [];
  for (const title of SWITCHES) {
    await t.command(title);
    await t.status("inline off");
    await askAgain(t);
    await t.typing.rest();
    const off = await t.typing.ghostNow();
    const settings = await t.settings();
    await t.shot(`ghost_text_off_${seen.length}`);
    await t.command(title);
    await t.gone(".statusbar-item", "inline off");
    await askAgain(t);
    await t.typing.ghost(/^return/);
    seen.push({ off, set: ownSettings(settings), left: ownSettings(await t.settings()) });
  }
  return { seen, messages: await t.messages() };
};

/** Types an indentation below the first line, where nothing else is. */
async function askAgain(t) {
  await t.key("Control+End", "Shift+Home", "Delete");
  await t.type("    ");
}

function ownSettings(settings) {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith("llm-ls.")));
}
