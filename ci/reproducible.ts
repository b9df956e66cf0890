// `npm run reproducible -- [IMAGE]…`: builds each image twice from nothing, in caches of their own, and compares the files
// byte by byte. Minutes an image, so it is no part of the tests.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../harness/core/cache-dir.ts";
import { sha256OfFile } from "../harness/core/sha256.ts";
import { tempDir } from "../harness/core/tmp.ts";

const checkout = join(import.meta.dirname, "..");
const recipes = readdirSync(join(checkout, "images", "recipes")).filter((name) => name !== "node");
const images = process.argv.length > 2 ? process.argv.slice(2) : recipes;
let differing = 0;
for (const image of images) {
  await using first = await tempDir("bw-first", cacheDir());
  await using second = await tempDir("bw-second", cacheDir());
  const a = await digestsOf(build(image, first.path));
  const b = await digestsOf(build(image, second.path));
  for (const [name, digest] of Object.entries(a)) {
    const same = b[name] === digest;
    if (!same) differing += 1;
    const verdict = same ? "same" : `DIFFERENT: ${b[name] ?? "absent"}`;
    process.stdout.write(`${image} ${name} ${digest} ${verdict}\n`);
  }
}
process.stdout.write(`\n${images.length} images built twice, ${differing} files differ\n`);
process.exitCode = differing > 0 ? 1 : 0;

/** Builds into an empty cache; returns the directory that the image's files are in. */
function build(image: string, cache: string): string {
  const tools = process.env["BOOTWRIGHT_TOOLS_TREE"] ?? join(cacheDir(), "tools", "current");
  const env = {
    ...process.env,
    BOOTWRIGHT_CACHE: cache,
    ...(existsSync(tools) ? { BOOTWRIGHT_TOOLS_TREE: realpathSync(tools) } : {}),
  };
  const path = execFileSync(
    process.execPath,
    [join(checkout, "harness", "cli", "main.ts"), "images", "path", image],
    { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  ).trim();
  return join(path, "..");
}

async function digestsOf(dir: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of readdirSync(dir).toSorted()) {
    const path = join(dir, name);
    // How long the build took is in there.
    if (name === "built.json" || !statSync(path).isFile()) continue;
    digests[name] = await sha256OfFile(path);
  }
  return digests;
}
