/** Builds harness.ts and what it needs into the folder that is named. */

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: { harness: join(here, "harness.ts"), worklet: join(here, "..", "src", "sound", "worklet.ts") },
  outdir: folder,
  bundle: true,
  format: "esm",
  target: "es2020",
  logLevel: "warning",
});
copyFileSync(join(here, "..", "static", "silero_vad_16k.safetensors"), join(folder, "silero_vad_16k.safetensors"));
writeFileSync(
  join(folder, "index.html"),
  '<!doctype html><title>harness</title><script type="module" src="harness.js"></script>',
);
