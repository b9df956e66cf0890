import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { tempDir } from "../../../harness/core/tmp.ts";
import { LineDecoder, type QmpObject } from "../codec.ts";

const fakeGreeting =
  '{"QMP": {"version": {"qemu": {"micro": 13, "minor": 0, "major": 10}, "package": "fake"}, "capabilities": ["oob"]}}\r\n';

export interface FakeQmpServer extends AsyncDisposable {
  readonly socketPath: string;
  /** Sends these exact bytes to the client. */
  send(text: string): void;
  hangUp(): void;
  readonly received: readonly QmpObject[];
}

export interface FakeQmpOptions {
  /** Undefined: the connection is closed without a greeting. Default: what QEMU 10.0 sends. */
  readonly greeting?: string | undefined;
  /** What to do with each command but qmp_capabilities. Default: an empty return. */
  readonly onCommand?: (command: { name: string; id: number }, server: FakeQmpServer) => void;
}

/** A server that speaks as QEMU does until it is told to misbehave. */
export const fakeQmpServer = async (options: FakeQmpOptions = {}): Promise<FakeQmpServer> => {
  const greeting = "greeting" in options ? options.greeting : fakeGreeting;
  const directory = await tempDir("bw-qmp-");
  const received: QmpObject[] = [];
  let client: Socket | undefined;
  const server = createServer((socket) => {
    client = socket;
    socket.on("error", () => undefined);
    if (greeting === undefined) {
      socket.end();
      return;
    }
    socket.write(greeting);
    const decoder = new LineDecoder();
    socket.on("data", (chunk) => {
      for (const message of decoder.push(chunk)) {
        received.push(message);
        answer(message);
      }
    });
  });
  const fake: FakeQmpServer = {
    socketPath: join(directory.path, "qmp.sock"),
    send: (text) => client?.write(text),
    hangUp: () => client?.end(),
    received,
    [Symbol.asyncDispose]: async () => {
      client?.destroy();
      server.close();
      await directory[Symbol.asyncDispose]();
    },
  };
  const answer = (message: QmpObject): void => {
    const command = { name: String(message["execute"]), id: Number(message["id"]) };
    if (command.name === "qmp_capabilities" || options.onCommand === undefined) {
      fake.send(`{"return": {}, "id": ${command.id}}\r\n`);
    } else options.onCommand(command, fake);
  };
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(fake.socketPath, resolve);
  await listening;
  return fake;
};
