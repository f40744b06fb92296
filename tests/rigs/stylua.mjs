// Formats Lua files as stylua does: node stylua.mjs LIBRARY OPTIONS FILE..., where OPTIONS is .stylua.toml as JSON.
//
// Prints the files that it would change, or that do not parse; with `--write` before them it changes them.

import { readFileSync, writeFileSync } from 'node:fs';

const [library, options, ...rest] = process.argv.slice(2);
const stylua = await import(library);
const write = rest[0] === '--write';

const enums = {
  indent_type: stylua.IndentType,
  line_endings: stylua.LineEndings,
  quote_style: stylua.QuoteStyle,
  syntax: stylua.LuaVersion,
};
for (const file of write ? rest.slice(1) : rest) {
  const config = stylua.Config.new();
  for (const [name, value] of Object.entries(JSON.parse(options))) {
    config[name] = typeof value === 'string' ? enums[name][value] : value;
  }
  const before = readFileSync(file, 'utf8');
  try {
    const after = stylua.formatCode(before, config, undefined, stylua.OutputVerification.None);
    if (after !== before) {
      console.log(file);
      if (write) writeFileSync(file, after);
    }
  } catch (error) {
    console.log(`${file}: ${error}`);
  }
}
