import { expect, fail, inconclusive, testTrial, unsupported } from "../../harness/index.ts";
import { isOfUnit } from "../host-containers/guest-processes.ts";
import { expectNothingLeft } from "../host-containers/leftovers.ts";
import { adminContainer } from "./admin-api.ts";
import type { Inside } from "./inside.ts";
import { type AdminSession, adminSession } from "./session.ts";

const insideOf = ({ start, inside }: AdminSession): Inside => {
  if (!start.isDone)
    return fail(`The admin container did not start: ${start.stderr.slice(0, 500)}`);
  return inside ?? fail("It was started, but nobody listens at its port");
};

/** Without the data a comparison would say nothing. */
const known = (data: string | undefined, what: string): string =>
  data ?? inconclusive(`The guest's kernel did not tell ${what}`);

testTrial(
  adminSession,
  "admin-container/off-at-boot",
  { claim: "C14", title: "After the boot there is no admin container, and no runtime for one" },
  ({ uninvited, bootNotOver }, { evidence }) => {
    evidence("presence", uninvited.join("; ") || "nothing");
    expect(uninvited).toEqual([]);
    if (bootNotOver !== undefined) inconclusive(`The boot is not over: ${bootNotOver}`);
  },
);

testTrial(
  adminSession,
  "admin-container/port",
  {
    claim: "C14",
    title: "Its port for logins opens with its start and closes with its stop",
  },
  (seen, { evidence, figure }) => {
    insideOf(seen);
    const { start, stop, portBefore, portWhile, portAfter } = seen;
    figure("start", start.tookMs, "ms");
    figure("stop", stop.tookMs, "ms");
    evidence("port", JSON.stringify({ portBefore, portWhile, portAfter }));
    expect(portBefore, "who listens before its start").toEqual([]);
    expect(portWhile.length, "sockets that listen").toBeGreaterThan(0);
    expect(portAfter, "who listens after its stop").toEqual([]);
  },
);

testTrial(
  adminSession,
  "admin-container/isolated",
  {
    claim: "C14",
    title: "It has a root and processes of its own, and sees no process of the host",
  },
  (seen, { evidence }) => {
    const { process, init, rootMount, hostRootDevices, firstProcess } = insideOf(seen);
    evidence(
      "namespaces",
      `${JSON.stringify(process.namespaces)}; host ${JSON.stringify(init?.namespaces)}`,
    );
    evidence("root", rootMount);
    evidence("first-process", firstProcess.stdout.trim());
    for (const kind of ["mnt", "pid"] as const) {
      const host = known(init?.namespaces[kind], `the host's ${kind} namespace`);
      const own = known(process.namespaces[kind], `its ${kind} namespace`);
      expect(own, `namespace ${kind}`).not.toBe(host);
    }
    expect(firstProcess.stdout.trim(), "what it sees as first process").toBe(process.name);
    known(hostRootDevices[0], "what is mounted at the host's root");
    expect(hostRootDevices).not.toContain(known(rootMount.split(" ")[2], "what its root is"));
  },
);

testTrial(
  adminSession,
  "admin-container/runtime",
  {
    claim: "C14",
    title: "It is run by a runtime of its own, not by the one that runs workloads",
  },
  (seen, { evidence }) => {
    const { parent } = insideOf(seen);
    const { runtimeUnit } = adminContainer();
    if (parent === undefined) return fail("Its parent has ended, so nobody looks after it");
    evidence("parent", `${parent.name} (${parent.pid}) in ${parent.cgroup}`);
    expect(isOfUnit(parent, runtimeUnit), `${parent.cgroup} belongs to ${runtimeUnit}`).toBe(true);
  },
);

testTrial(
  adminSession,
  "admin-container/host-root-visible",
  { claim: "C14", title: "A program in it reads a file of the host that was made just now" },
  (seen, { evidence }) => {
    const { onHost, seen: read } = insideOf(seen).hostFile;
    evidence("file", `${read.stdout}${read.stderr}`);
    expect(read.stdout).toBe(onHost);
  },
);

testTrial(
  adminSession,
  "admin-container/host-root-read-only",
  {
    claim: "C14",
    title: "A program in it, as its root, cannot write to any directory of the host",
  },
  (seen, { evidence }) => {
    const { told, madeOnHost, canWriteOwn } = insideOf(seen).writes;
    evidence("tries", told.join("; "));
    // A program that cannot write at all would prove nothing.
    expect(canWriteOwn, "it can write to its own files").toBe(true);
    expect(madeOnHost).toEqual([]);
    expect(told).toEqual(adminContainer().hostDirectories.map((path) => `${path} refused`));
  },
);

testTrial(
  adminSession,
  "admin-container/login",
  {
    claim: "C14",
    title: "Over SSH the key that its start named gets into the container, and not to the host",
  },
  (seen, { evidence }) => {
    const { login, process } = insideOf(seen);
    evidence("ssh", `${login.exitStatus} ${login.stdout}${login.stderr}`);
    requireClient(login);
    expect(login.stdout.trim()).toBe(process.namespaces["mnt"]);
  },
);

testTrial(
  adminSession,
  "admin-container/login-refused",
  { claim: "C14", title: "Over SSH another key gets nowhere" },
  (seen, { evidence }) => {
    const { strangerLogin } = insideOf(seen);
    const { exitStatus, stdout, stderr } = strangerLogin;
    evidence("ssh", `${exitStatus} ${stdout}${stderr}`);
    requireClient(strangerLogin);
    expect(stdout).not.toContain("mnt:");
    // The server's word, and not that of a client which did not get as far as that.
    expect(stderr).toMatch(/auth/i);
    expect(exitStatus).not.toBe(0);
  },
);

/** What runc says of a program that is not there. */
const requireClient = ({ stderr }: { readonly stderr: string }): void => {
  if (/executable file not found/.test(stderr)) {
    unsupported("There is no SSH client in the container to log in with");
  }
};

testTrial(
  adminSession,
  "admin-container/gone",
  {
    claim: "C14",
    title: "After its stop no process, mount or directory of it is left, and no runtime",
  },
  (seen, { evidence, figure }) => {
    const { rootMount } = insideOf(seen);
    evidence("container", rootMount);
    figure("leftovers", seen.leftovers.found.length, "count");
    expect(seen.stop.isDone, `its stop: ${seen.stop.stderr}`).toBe(true);
    expectNothingLeft(seen.leftovers);
  },
);

testTrial(
  adminSession,
  "admin-container/traced",
  {
    claim: "C15",
    title: "The journal has each request to it, granted or not, with who asked and how it came out",
  },
  ({ requests, traced }, { evidence, figure }) => {
    if (traced === undefined) return unsupported("This image has no journalctl");
    const { commands, trace } = adminContainer();
    for (const one of traced.slice(0, 40)) evidence("journal", JSON.stringify(one));
    const wanted = requests.map(
      ({ action, isDone }) => `${action} ${isDone ? "done" : "not done"}`,
    );
    figure("requests", requests.length, "count");
    const ended = traced.filter(({ result }) => result !== trace.begun);
    expect(
      ended.map(
        ({ action, result }) => `${action} ${result === trace.granted ? "done" : "not done"}`,
      ),
    ).toEqual(wanted);
    const callers = traced.map(({ callerUid, callerProgram }) => `${callerUid} ${callerProgram}`);
    expect([...new Set(callers)]).toEqual([`0 ${commands.start[0]}`]);
    expect(traced.filter(({ time }) => !/^\d+$/.test(time))).toEqual([]);
  },
);
