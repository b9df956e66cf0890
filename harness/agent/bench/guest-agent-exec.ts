import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";
import { deadlineAfter, withDeadline } from "../../core/deadline.ts";

const answerSchema = z.object({
  return: z.object({ pid: z.number().optional(), exited: z.boolean().optional() }),
});

/**
 * Runs a program through qemu-guest-agent: `guest-exec`, then `guest-exec-status` again and again without a pause,
 * until it says that the program has ended (https://www.qemu.org/docs/master/interop/qemu-ga-ref.html).
 */
export const guestAgentExec = (socket: Socket): ((path: string) => Promise<void>) => {
  const waiting: ((line: string) => void)[] = [];
  createInterface(socket).on("line", (line) => waiting.shift()?.(line));
  const ask = async (
    execute: string,
    args: object,
  ): Promise<z.infer<typeof answerSchema>["return"]> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    waiting.push(resolve);
    socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const line = await withDeadline(promise, deadlineAfter(60_000), `Answer to ${execute}`);
    return answerSchema.parse(JSON.parse(line)).return;
  };
  return async (path) => {
    const { pid } = await ask("guest-exec", { path });
    for (;;) if ((await ask("guest-exec-status", { pid })).exited === true) return;
  };
};
