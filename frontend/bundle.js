/** After the build: the licences, and what a bundle has to be before it may be committed. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parse } from "acorn";

const MAX_GZIP = 150_000; // design: the panel's budget
const out = process.env.HEARTHNET_DIST ?? fileURLToPath(new URL("../custom_components/hearthnet/frontend/dist", import.meta.url));

const problems = [];
for (const name of ["panel", "card"]) {
  const file = `hearthnet-${name}.js`;
  const code = readFileSync(`${out}/${file}`, "utf8");
  try {
    const { body } = parse(code, { ecmaVersion: 2021, sourceType: "module" });
    if (body.some((node) => node.type.startsWith("Import") || node.source)) problems.push(`${file} imports another file.`);
  } catch (error) {
    problems.push(`${file} is not ES2021: ${error.message}`);
  }
  const outside = (code.match(/https?:\/\/[^"'`\s)]+/g) ?? []).filter((url) => !url.startsWith("http://www.w3.org/"));
  if (outside.length) problems.push(`${file} names an address outside the house: ${outside[0]}`);
  const packed = gzipSync(code, { level: 9 }).length;
  if (packed > MAX_GZIP) problems.push(`${file} is ${packed} bytes gzipped; at most ${MAX_GZIP} are allowed.`);
  console.log(`${file}: ${code.length} bytes, ${packed} gzipped`);
}

const licence = readFileSync(new URL("node_modules/lit/LICENSE", import.meta.url), "utf8");
writeFileSync(`${out}/licenses.txt`, `Lit (https://lit.dev) is part of these bundles:\n\n${licence}`);

for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
