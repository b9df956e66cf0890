// Vets and tests the guest agent and our programs for images with Go's own tools, from the host or from the tools tree.
// -trimpath as in the builds: what they import is compiled once for both.
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
  "payload/registry",
  "payload/runtime-probe",
  "payload/workload",
  "payload/test-images",
  "mutants/programs",
].map((name) => join(checkout, "images", name));
const go = process.env["BOOTWRIGHT_GO"] ?? toolPath("go");
for (const { cwd, args } of [
  { cwd: guest, args: ["vet", "-trimpath", "./..."] },
  { cwd: guest, args: ["test", "-trimpath", "./..."] },
  { cwd: join(agent, "bench", "rawport"), args: ["vet", "-trimpath", "./..."] },
  {
    cwd: join(checkout, "harness/power-cut/testing/careful-updater"),
    args: ["vet", "-trimpath", "."],
  },
  ...ofImages.flatMap((cwd) => [
    { cwd, args: ["vet", "-trimpath", "./..."] },
    { cwd, args: ["test", "-trimpath", "./..."] },
  ]),
]) {
  const { status } = spawnSync(go, args, {
    cwd,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  if (status !== 0) process.exit(1);
}
