import { spawn } from "node:child_process";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { deadlineAfter, withDeadline } from "../../core/deadline.ts";
import { tempDir } from "../../core/tmp.ts";
import type { Framing } from "../../protocol/framing.ts";
import { buildAgent } from "../build-agent.ts";

export interface RealAgent extends AsyncDisposable {
  connect(): Promise<Socket>;
}

/** The guest agent itself, as a process of this host that serves a unix socket; it ends when its stdin does. */
export const startRealAgent = async (framing: Framing): Promise<RealAgent> => {
  const program = await buildAgent();
  const dir = await tempDir();
  const path = join(dir.path, "agent.sock");
  const child = spawn(program, ["-listen", `unix:${path}`, "-framing", framing], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const isListening = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  await withDeadline(isListening, deadlineAfter(5000), "Socket of the agent");
  return {
    connect: async () => {
      const socket = createConnection(path);
      await new Promise<void>((connected, failed) => {
        socket.once("connect", connected);
        socket.once("error", failed);
      });
      return socket;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      await dir[Symbol.asyncDispose]();
    },
  };
};
