// Says of each text on standard input, a JSON string a line, whether it is valid TypeScript: by esbuild, which the package.json of the first argument can find.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { transformSync } = createRequire(process.argv[2])("esbuild");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    transformSync(JSON.parse(line), { loader: "ts", logLevel: "silent" });
    console.log("valid");
  } catch {
    console.log("invalid");
  }
}
