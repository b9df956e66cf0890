// The least that can boot a machine and see the agent: what Bootwright's own time is compared with. It starts the QEMU
// of argv.txt, connects its console and two sockets, lets the machine run, and prints the milliseconds until READY (type 1) stands
// in the first frame on the agent's port.
// Run: node raw-boot.ts ARGV_TXT SOCKETS_DIRECTORY
import { spawn } from "node:child_process";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";

const [argvPath = "", sockets = ""] = process.argv.slice(2);
const [program = "", ...args] = readFileSync(argvPath, "utf8").trimEnd().split("\n");
const qemu = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
createReadStream(`${sockets}/console.out`).resume();
const names = ["agent", "qmp"].map((name) => `${sockets}/${name}.sock`);
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    if (names.every((name) => existsSync(name))) resolve(clearInterval(timer));
  }, 5);
});
const [agent, qmp] = names.map((name) => createConnection(name));
qmp?.resume();
qmp?.write('{"execute":"qmp_capabilities"}\n{"execute":"cont"}\n');
const poweredOnMs = performance.now();
agent?.once("data", (frame) => {
  process.stdout.write(`${frame[20] === 1 ? performance.now() - poweredOnMs : "no READY"}\n`);
  qemu.kill("SIGKILL");
  qemu.once("close", () => process.exit());
});
