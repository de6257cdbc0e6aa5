/** Builds dist/, which the server serves as it is. The same sources give the same bytes. */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
/** What goes into dist; words.json is shared with the Python clients. */
const SOURCES = [
  "build.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "index.html",
  "src",
  "static",
  "../words.json",
];

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx", worklet: "src/sound/worklet.ts" },
  outdir: "dist",
  bundle: true,
  // The studio is a part of its own, which only those load who go there; so is what uploads.
  splitting: true,
  metafile: true,
  minify: true,
  format: "esm",
  target: "es2020",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  // LICENSES.txt has them, and whole.
  legalComments: "none",
  logLevel: "warning",
});
cpSync(join(here, "static"), dist, { recursive: true });
cpSync(join(here, "index.html"), join(dist, "index.html"));
writeFileSync(join(dist, "LICENSES.txt"), licences());
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest(), null, 2)}\n`);

/** What the page is made of, and the licence of each part. */
function licences() {
  const own = ["Yinliu", join(here, "..", "..", "LICENSE")];
  const libraries = usedPackages().map((name) => {
    const folder = join(here, "node_modules", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (!file) throw new Error(`${name} has no licence file.`);
    return [`${name} ${version}`, join(folder, file)];
  });
  const weights = ["Silero VAD (silero_vad_16k.safetensors)", join(here, "static", "silero_vad_16k.LICENSE.txt")];
  const texts = [own, ...libraries, weights].map(
    ([title, file]) => `${title}\n\n${readFileSync(file, "utf8").trim()}\n`,
  );
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** The packages of which anything has come into dist. */
function usedPackages() {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const names = inputs.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** By it a test sees that dist was built from the sources beside it. */
function manifest() {
  const hashes = (files) => Object.fromEntries(files.sort().map((file) => [posix(file), hash(join(here, file))]));
  return { sources: hashes(SOURCES.flatMap(filesOf)), outputs: hashes(filesOf("dist")) };
}

function filesOf(name) {
  const path = join(here, name);
  let entries;
  try {
    entries = readdirSync(path);
  } catch {
    return [name]; // a file
  }
  return entries.flatMap((entry) => filesOf(join(name, entry)));
}

function hash(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function posix(file) {
  return relative(".", file).replaceAll("\\", "/");
}
