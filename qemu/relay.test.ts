import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, test } from "vitest";
import { relayCommand } from "./relay-command.ts";

const listening = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
};

/** A service that greets, and then says everything twice; disposing it ends its connections. */
const startService = async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.write("hello\n");
    socket.on("data", (chunk) => socket.write(`${chunk}${chunk}`));
    socket.on("error", () => undefined);
  });
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listening(server),
    drop,
    [Symbol.asyncDispose]: async () => {
      drop();
      server.close();
      await once(server, "close");
    },
  };
};

/** As QEMU starts it: without a shell, with one connected socket for all three streams; `guest` is the other end of it. */
const startRelay = async (port: number): Promise<{ relay: ChildProcess; guest: Socket }> => {
  const accepted = Promise.withResolvers<Socket>();
  const pair = createServer({ pauseOnConnect: true }, accepted.resolve);
  const guest = connect(await listening(pair), "127.0.0.1");
  const ours = await accepted.promise;
  const [file = "", ...args] = relayCommand(port).split(" ");
  const relay = spawn(file, args, { stdio: [ours, ours, ours] });
  await once(relay, "spawn");
  ours.destroy();
  pair.close();
  return { relay, guest };
};

const firstText = async (socket: Socket, form: RegExp): Promise<string> => {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (form.test(text)) break;
  }
  return text;
};

test("a relay carries bytes both ways, and ends with the guest's side", async () => {
  await using service = await startService();
  const { relay, guest } = await startRelay(service.port);
  guest.write("ab");
  expect(await firstText(guest, /abab$/)).toBe("hello\nabab");
  guest.destroy();
  expect(await once(relay, "exit")).toBeDefined();
});

test("a relay ends with the service, and at once where there is none; it says nothing of its own", async () => {
  await using service = await startService();
  const { relay, guest } = await startRelay(service.port);
  expect(await firstText(guest, /\n/)).toBe("hello\n");
  service.drop();
  await Promise.all([once(relay, "exit"), once(guest, "close")]);

  const lost = await startRelay(1);
  const said = firstText(lost.guest, /./);
  expect(await once(lost.relay, "exit")).toEqual([1, null]);
  expect(await said).toBe("");
});

test("each word of the command stands for itself", () => {
  expect(relayCommand(6443)).toMatch(/^\S+ --no-warnings \S+\/relay\.mjs 6443$/);
});
