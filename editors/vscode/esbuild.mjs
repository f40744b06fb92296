// Bundles the extension into dist/extension.js; `--development` keeps it readable, with a source map.

import { build } from "esbuild";

const development = process.argv.includes("--development");

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  minify: !development,
  sourcemap: development,
  logLevel: "warning",
});
