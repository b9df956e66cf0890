import { createHash } from "node:crypto";
import { once } from "node:events";
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { deadlineAfter } from "../core/deadline.ts";
import { type TempDir, tempDir } from "../core/tmp.ts";
import type { Framing } from "../protocol/framing.ts";
import type { AgentClient } from "./agent-client.ts";
import { AgentLink } from "./agent-link.ts";
import { NoisyLine } from "./testing/noisy-line.ts";
import { type RealAgent, startRealAgent } from "./testing/real-agent.ts";

// The real agent, started on this host, against the real client: both sides of the protocol keep each other honest.
const cases: readonly {
  readonly name: string;
  readonly framing: Framing;
  readonly kernelLineEvery: number;
  readonly damageEvery: number;
}[] = [
  { name: "a private port", framing: "binary", kernelLineEvery: 0, damageEvery: 0 },
  {
    name: "a UART with kernel lines in frames",
    framing: "line",
    kernelLineEvery: 97,
    damageEvery: 0,
  },
  {
    name: "a UART that also damages bytes",
    framing: "line",
    kernelLineEvery: 301,
    damageEvery: 20_011,
  },
];

describe.each(cases)("over $name", ({ framing, kernelLineEvery, damageEvery }) => {
  let agent: RealAgent;
  let dir: TempDir;
  let link: AgentLink;
  let client: AgentClient;
  let noisy: NoisyLine | undefined;
  let consoleText = "";

  beforeAll(async () => {
    agent = await startRealAgent(framing);
    dir = await tempDir();
    const socket = await agent.connect();
    noisy =
      framing === "line"
        ? new NoisyLine(socket, { seed: 20_240_601, kernelLineEvery, damageEvery })
        : undefined;
    const stream: Duplex = noisy?.stream ?? socket;
    link = new AgentLink(stream, {
      framing,
      onConsoleText: (text) => {
        consoleText += text.toString("latin1");
      },
    });
    client = await link.waitForSession(deadlineAfter(5000));
  }, 60_000);

  afterAll(async () => {
    await link[Symbol.asyncDispose]();
    await agent[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });

  test("the session tells kernel, boot and a bound of the clock error", async () => {
    expect(client.info.kernelRelease).toBe(
      readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
    );
    expect(client.info.bootId).toBe(readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
    const { errorMs } = await client.sampleClock();
    expect(errorMs).toBeLessThan(1000);
  });

  test("a file system is mounted on a directory that is made, and taken away", async ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may mount");
    const target = join(dir.path, "made", "here");
    const options = ["ro", "size=64k"];
    await client.mount({ source: "none", target, type: "tmpfs", options });
    const mounted = (await client.mounts()).filter(({ path }) => path === target);
    await client.unmount(target);
    expect(mounted).toMatchObject([
      { filesystem: "tmpfs", options: expect.arrayContaining(["ro"]) },
    ]);
    expect((await client.mounts()).filter(({ path }) => path === target)).toEqual([]);
    await expect(client.unmount(target)).rejects.toMatchObject({ details: { errno: "EINVAL" } });
  });

  test("a program gets its arguments, environment, directory and input, and gives both outputs and its code", async () => {
    const script = 'cat; echo "$1 $NAME $PWD"; echo oops >&2; exit 3';
    const { exit, stdout, stderr, isTruncated } = await client.exec(
      ["sh", "-c", script, "sh", "a b"],
      {
        env: { NAME: "x" },
        cwd: "/usr",
        stdin: "from stdin\n",
      },
    );
    expect({ exit, stdout: String(stdout), stderr: String(stderr), isTruncated }).toEqual({
      exit: { kind: "exited", code: 3 },
      stdout: "from stdin\na b x /usr\n",
      stderr: "oops\n",
      isTruncated: false,
    });
  });

  test("a signal is told apart from an exit code, and no such program from both", async () => {
    expect((await client.exec(["sh", "-c", "kill -TERM $$"])).exit).toEqual({
      kind: "signalled",
      signal: "SIGTERM",
    });
    await expect(client.exec(["/no/such/program"])).rejects.toMatchObject({
      code: "AGENT_REQUEST",
      details: { agentCode: "errno", errno: "ENOENT" },
    });
  });

  test("directories are made and removed with what is in them", async () => {
    const path = join(dir.path, "a", "b");
    await client.makeDirectory(path);
    await client.makeDirectory(path);
    await client.writeFile(join(path, "file"), "x");
    const isGone = client.waitForPath(path, false, deadlineAfter(5000));
    await client.remove(join(dir.path, "a"));
    await client.remove(join(dir.path, "a"));
    expect(await isGone).toBe(true);
    expect(await client.waitForPath(path, true, deadlineAfter(100))).toBe(false);
    expect(await client.exists(join(dir.path, "a"))).toBe(false);
    await expect(client.remove("/etc")).rejects.toMatchObject({ code: "AGENT_REQUEST" });
  });

  test("a server is asked over HTTP, with a body both ways, and its answer is bounded", async () => {
    await using server = await echoServer();
    const long = "x".repeat(300_000);
    const whole = await client.http(`${server.url}/a?b`, { method: "POST", body: long });
    expect(whole).toMatchObject({ kind: "answered", status: 201, isTruncated: false });
    expect(whole.kind === "answered" && String(whole.body)).toBe(`POST /a?b ${long}`);
    const cut = await client.http(`${server.url}/`, { maxBodyBytes: 3 });
    expect(cut).toMatchObject({ headers: { "x-own": ["a", "b"] }, isTruncated: true });
    expect(cut.kind === "answered" && String(cut.body)).toBe("GET");
  });

  test("that nobody answers is an outcome, and that it changes can be waited for", async () => {
    const before = await client.http("http://127.0.0.1:1/");
    expect(before).toMatchObject({ kind: "no-answer", errno: "ECONNREFUSED" });
    await using server = await echoServer();
    const after = await client.http(`${server.url}/`, { changedFrom: before, everyMs: 20 });
    expect(after).toMatchObject({ kind: "answered", status: 201 });
    const deadline = deadlineAfter(300);
    await expect(
      client.http(`${server.url}/`, { changedFrom: after, everyMs: 20, deadline }),
    ).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(client.http("ftp://127.0.0.1/")).rejects.toMatchObject({ code: "AGENT_REQUEST" });
  });

  test("at its deadline a program ends with all its children", async () => {
    const marker = `${3000 + Math.floor(performance.now() % 1000)}.${process.pid}`;
    const script = `sleep ${marker} & sleep ${marker}`;
    const running = client.exec(["sh", "-c", script], { deadline: deadlineAfter(300) });
    await expect(running).rejects.toMatchObject({ code: "TIMEOUT" });
    const left = await client.exec(["pgrep", "-f", `^sleep ${marker}`]);
    expect(String(left.stdout)).toBe("");
  });

  test("a caller that gives up cancels the program", async () => {
    const stop = new AbortController();
    const marker = `4000.${process.pid}`;
    const running = client.exec(["sleep", marker], {
      deadline: deadlineAfter(20_000, { signal: stop.signal }),
    });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "ABORTED" });
    await expect
      .poll(async () => String((await client.exec(["pgrep", "-f", `^sleep ${marker}`])).stdout))
      .toBe("");
  });

  test("output over the limit is cut and said to be", async () => {
    const { stdout, isTruncated } = await client.exec(["sh", "-c", "seq 1 10000"], {
      maxOutputBytes: 100,
    });
    expect({ length: stdout.length, isTruncated }).toEqual({ length: 100, isTruncated: true });
  });

  test("requests run side by side", async () => {
    const slow = client.exec(["sleep", "0.3"]);
    await client.ping();
    const echoes = await Promise.all(
      [1, 2, 3, 4, 5].map(async (n) => String((await client.exec(["echo", `${n}`])).stdout)),
    );
    expect(echoes).toEqual(["1\n", "2\n", "3\n", "4\n", "5\n"]);
    await slow;
  });

  test("files are written, read, hashed and walked", async () => {
    const path = join(dir.path, "file");
    const content = Buffer.alloc(50_000, "0123456789");
    await client.writeFile(path, content, { mode: 0o640 });
    expect(readFileSync(path).equals(content)).toBe(true);
    expect((lstatSync(path).mode & 0o777).toString(8)).toBe("640");
    expect((await client.readFile(path)).equals(content)).toBe(true);
    expect(String(await client.readFile(path, { offset: 3, length: 5 }))).toBe("34567");
    expect(await client.sha256(path)).toBe(createHash("sha256").update(content).digest("hex"));
    mkdirSync(join(dir.path, "tree/sub"), { recursive: true });
    writeFileSync(join(dir.path, "tree/sub/leaf"), "leaf");
    symlinkSync("/etc", join(dir.path, "tree/link"));
    const seen: string[] = [];
    const walked = await client.walk(join(dir.path, "tree"), ({ path: at, type, linkTarget }) => {
      seen.push(`${type} ${at.slice(dir.path.length)} ${linkTarget ?? ""}`);
    });
    expect({ walked, seen }).toEqual({
      walked: { entries: 4, isTruncated: false, unreadable: 0 },
      seen: [
        "directory /tree ",
        "symlink /tree/link /etc",
        "directory /tree/sub ",
        "file /tree/sub/leaf ",
      ],
    });
    const shallow: string[] = [];
    await client.walk(`${dir.path}/tree`, ({ path: at }) => shallow.push(at), { maxDepth: 1 });
    expect(shallow.map((at) => at.slice(dir.path.length))).toEqual([
      "/tree",
      "/tree/link",
      "/tree/sub",
    ]);
    expect([await client.exists(path), await client.exists(`${path}/below`)]).toEqual([
      true,
      false,
    ]);
    expect(await client.exists(`${path}-gone`)).toBe(false);
  });

  test("mounts have both kinds of options, and kernel settings can be read", async () => {
    const proc = (await client.mounts()).find(({ path }) => path === "/proc");
    expect(proc).toMatchObject({
      filesystem: "proc",
      superOptions: expect.arrayContaining(["rw"]),
    });
    expect(await client.getSysctl("kernel.ostype")).toBe("Linux");
    await expect(client.getSysctl("../../etc/passwd")).rejects.toMatchObject({
      code: "AGENT_REQUEST",
    });
  });

  test("an unknown probe is refused, and a mark comes as an event with the guest's clocks", async () => {
    await expect(client.probe("no-such-probe", {}, z.unknown())).rejects.toMatchObject({
      code: "AGENT_REQUEST",
    });
    const event = new Promise((resolve) => client.onEvent(resolve));
    await client.mark("here");
    expect(await event).toMatchObject({
      kind: "mark",
      name: "here",
      clock: { monotonicNs: expect.any(Number) },
    });
  });

  test("bulk data is whole, and a slow reader slows the guest instead of filling the host", async () => {
    const totalBytes = framing === "binary" ? 64 * 1_048_576 : 400_000;
    const bytesBefore = link.counters().bytesReceived;
    let received = 0;
    let bytesAhead: number | undefined;
    await client.source(
      totalBytes,
      async (chunk) => {
        received += chunk.length;
        if (bytesAhead !== undefined) return;
        bytesAhead = 0;
        // The reader stands still: others are still served, and the guest stops after its window.
        for (let i = 0; i < 50; i += 1) await client.ping();
        bytesAhead = link.counters().bytesReceived - bytesBefore;
      },
      { deadline: deadlineAfter(9000) },
    );
    expect(received).toBe(totalBytes);
    // On the line: 48 KiB in base64, lines of the kernel among them, and what was damaged several times.
    expect(bytesAhead).toBeLessThan(framing === "binary" ? 4.5 * 1_048_576 : 300_000);
  });

  test("the counters tell what the line went through, and no text of the kernel is lost", async () => {
    const { damaged, resent, consoleCuts, foreignSession } = link.counters();
    const guest = await client.counters();
    expect(foreignSession).toBe(0);
    expect({
      isDamaged: damaged > 0,
      isResent: guest.resent > 0,
      isCut: consoleCuts > 0,
      resent,
    }).toEqual({
      isDamaged: damageEvery > 0,
      isResent: damageEvery > 0,
      isCut: kernelLineEvery > 0,
      resent: damageEvery > 0 ? expect.any(Number) : 0,
    });
    await link[Symbol.asyncDispose]();
    // Without damage the text is the kernel's lines and nothing else; a line may still be under way.
    if (damageEvery === 0)
      expect((noisy?.kernelLines ?? []).join("").startsWith(consoleText)).toBe(true);
    await expect(client.ping()).rejects.toMatchObject({ code: "AGENT_LOST" });
  });
});

test("A host that comes back gets a fresh session, and what the first one left is over", async () => {
  await using agent = await startRealAgent("binary");
  await using first = new AgentLink(await agent.connect(), { framing: "binary" });
  const before = await first.waitForSession(deadlineAfter(5000));
  const running = before.exec(["sleep", "100"]);
  running.catch(() => {});
  await first[Symbol.asyncDispose]();
  await expect(running).rejects.toMatchObject({ code: "AGENT_LOST" });
  await using second = new AgentLink(await agent.connect(), { framing: "binary", resume: true });
  const after = await second.waitForSession(deadlineAfter(5000));
  expect(after.info.session).not.toBe(before.info.session);
  await after.ping();
});

/** Says what it was asked. */
const echoServer = async (): Promise<AsyncDisposable & { readonly url: string }> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(201, { "x-own": ["a", "b"] });
      response.end(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
