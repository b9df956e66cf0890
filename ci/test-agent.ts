// Vets and tests the guest agent and our programs for images with Go's own tools, from the host or from the tools tree.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { toolPath } from "../harness/core/tool.ts";

const checkout = join(import.meta.dirname, "..");
const agent = join(checkout, "harness", "agent");
const guest = join(agent, "guest");
// Modules with sources of our own.
const ofImages = [
  "payload/host-containers",
  "payload/import-images",
  "payload/node-images",
  "payload/runtime-probe",
  "mutants/programs",
].map((name) => join(checkout, "images", name));
const go = process.env["BOOTWRIGHT_GO"] ?? toolPath("go");
for (const { cwd, args } of [
  { cwd: guest, args: ["vet", "./..."] },
  { cwd: guest, args: ["test", "./..."] },
  { cwd: join(agent, "bench", "rawport"), args: ["vet", "./..."] },
  ...ofImages.flatMap((cwd) => [
    { cwd, args: ["vet", "./..."] },
    { cwd, args: ["test", "./..."] },
  ]),
]) {
  const { status } = spawnSync(go, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  if (status !== 0) process.exit(1);
}
