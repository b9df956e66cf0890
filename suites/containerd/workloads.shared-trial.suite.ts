import {
  type CheckTools,
  expect,
  fail,
  inconclusive,
  testTrial,
  unsupported,
} from "../../harness/index.ts";
import { tooLate } from "../node-runtime/watched-deadline.ts";
import type { Ending, Execution, Workloads } from "./workload-facts.ts";
import { type WorkloadsSeen, workloads } from "./workloads.ts";

/** Registers a check of what was seen. */
const judge = (
  id: string,
  title: string,
  body: (seen: WorkloadsSeen, tools: CheckTools) => void,
): void => testTrial(workloads, `containerd/${id}`, { title }, body);

/** For what was not done in time, or not done because something else was not. */
const failUnlessStarved = ({ starved: { running } }: WorkloadsSeen, reason: string): never =>
  tooLate({ wasStarved: () => running }, reason);

/** How a container ended that got so far. */
const endOf = (seen: WorkloadsSeen, { error, ...rest }: Ending): Omit<Ending, "error"> => {
  const { podError } = seen.ran;
  if (podError !== "") return fail(`There was no pod for it: ${podError}`);
  if (error.endsWith("when the time was up")) return failUnlessStarved(seen, error);
  return error === "" ? rest : fail(error);
};

/** The container that goes on. */
const serverOf = ({ podError, serves }: Workloads): Workloads["serves"] => {
  if (podError !== "") return fail(`There was no pod for it: ${podError}`);
  return serves.id === "" ? fail(serves.error) : serves;
};

judge("output", "What a container prints is in its log", (seen, { evidence }) => {
  const end = endOf(seen, seen.ran.prints);
  evidence("log", end.output);
  expect(end).toEqual({ exitCode: 0, reason: "Completed", output: `${seen.nonce}\n` });
});

judge(
  "exit-code",
  "A container's exit code reaches whoever asks how it ended",
  (seen, { evidence }) => {
    const { exitCode, reason } = endOf(seen, seen.ran.exits);
    evidence("end", `${exitCode} ${reason}`);
    expect({ exitCode, reason }).toEqual({ exitCode: 37, reason: "Error" });
  },
);

judge(
  "memory-limit",
  "A container that uses more memory than its limit is killed",
  (seen, { evidence }) => {
    const { exitCode, reason, output } = endOf(seen, seen.ran.eats);
    evidence("end", `${exitCode} ${reason} ${output}`.trimEnd());
    expect({ exitCode, output }).toEqual({ exitCode: 137, output: "" });
  },
);

judge(
  "oom-report",
  "Where a program in a container is killed because the container's memory is used up, it is told that this was why",
  (seen, { evidence }) => {
    const { reason, output } = endOf(seen, seen.ran.watches);
    evidence("reason", `${reason} ${output}`.trimEnd());
    expect(reason).toBe("OOMKilled");
  },
);

judge(
  "limits",
  "Limits of processor and memory that a container is given stand in its cgroup",
  ({ ran }, { evidence }) => {
    const { cgroup, limits } = serverOf(ran);
    evidence("cgroup", `${cgroup} ${JSON.stringify(limits)}`);
    expect(limits).toMatchObject({
      "cpu.max": "50000 100000",
      "cpuset.cpus": "0",
      "memory.max": String(96 * 2 ** 20),
    });
  },
);

judge(
  "cgroup",
  "The cgroup of a container is where the promised driver makes it, and systemd knows it if it is systemd",
  ({ ran, scopeState, expected }, { evidence }) => {
    const { cgroup, id } = serverOf(ran);
    evidence("cgroup", `${cgroup} ${scopeState}`);
    const isSystemd = expected.cgroupDriver === "systemd";
    expect(cgroup).toBe(isSystemd ? `/system.slice/cri-containerd-${id}.scope` : `/${id}`);
    if (isSystemd) expect(scopeState).toBe("active");
  },
);

/**
 * The 14 that containerd leaves by default (containerd, oci/spec.go, defaultUnixCaps), as bits of linux/capability.h:
 * chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
 * audit_write, setfcap.
 */
const defaultCapabilities = "00000000a80425fb";

judge(
  "capabilities",
  "A container has the capabilities of the default profile and no others: it may change owners, and not mount or set the clock",
  ({ ran }, { evidence }) => {
    const { status, tries, triesError } = serverOf(ran);
    evidence("status", JSON.stringify(status));
    evidence("tries", `${JSON.stringify(tries)} ${triesError}`.trimEnd());
    expect(status).toMatchObject({
      CapPrm: defaultCapabilities,
      CapEff: defaultCapabilities,
      CapBnd: defaultCapabilities,
    });
    if (triesError !== "") fail(triesError);
    expect(tries).toMatchObject({
      chown: "",
      mount: "operation not permitted",
      settimeofday: "operation not permitted",
    });
  },
);

judge(
  "seccomp",
  "A container that asks for the default filter of system calls has it: a call that anybody else may make is refused",
  ({ ran }, { evidence }) => {
    const { status, tries, triesError } = serverOf(ran);
    evidence("status", `Seccomp ${status?.["Seccomp"]}`);
    evidence("tries", `${JSON.stringify(tries)} ${triesError}`.trimEnd());
    expect(status).toMatchObject({ Seccomp: "2" }); // SECCOMP_MODE_FILTER
    if (triesError !== "") fail(triesError);
    expect(tries).toMatchObject({ keyctl: "operation not permitted" });
  },
);

const told = ({ error, exitCode, output }: Execution): object => ({ error, exitCode, output });

judge(
  "exec",
  "A program that is run in a container gives back what it prints, and its exit code",
  ({ ran }, { evidence }) => {
    const { exec, execExit } = serverOf(ran);
    evidence("exec", `${JSON.stringify(exec)} ${JSON.stringify(execExit)}`);
    expect(told(exec)).toEqual({ error: "", exitCode: 0, output: "told\n" });
    expect(told(execExit)).toEqual({ error: "", exitCode: 3, output: "" });
  },
);

judge(
  "exec-time-limit",
  "A program in a container that outlives its time limit is killed, and it is told that this was why",
  (seen, { evidence, figure }) => {
    const { exec, execLate } = serverOf(seen.ran);
    evidence("exec", JSON.stringify(execLate));
    figure("took", execLate.tookMs, "ms");
    expect(exec.error, "without a limit").toBe("");
    if (execLate.isGivenUp) {
      const said = `With a limit of 1 s the runtime said nothing for ${execLate.tookMs} ms`;
      failUnlessStarved(seen, said);
    }
    expect(execLate.isDeadlineExceeded, `it said: ${execLate.error}`).toBe(true);
    expect(execLate.processesAfter, "processes in it afterwards").toBe(execLate.processesBefore);
  },
);

judge(
  "volume",
  "A container sees what is mounted later in a directory that it was given from where a kubelet keeps volumes",
  ({ ran, expected }, { evidence }) => {
    if (expected.kubeletDirectory === undefined) {
      return unsupported("The profile names no directory of a kubelet");
    }
    serverOf(ran);
    evidence("mount", `${ran.mount.seen}${ran.mount.error}`);
    expect(ran.mount).toEqual({ error: "", seen: "mounted later" });
  },
);

judge(
  "network",
  "Pods have addresses of their own, and a container of one reaches a container of another",
  ({ ran, expected }, { evidence }) => {
    if (!expected.hasPodNetwork) return unsupported("The profile says that pods have none");
    const { error, addresses, name, toNode, toPod } = ran.network;
    evidence("network", `${addresses.join(" ")}; ${toNode}; ${toPod.output}${toPod.error}`);
    if (error !== "") return fail(error);
    expect(new Set(addresses.filter((address) => address !== "")).size, "addresses").toBe(2);
    expect(toNode, "the answer to the node").toBe(name);
    expect(toPod).toEqual({ error: "", exitCode: 0, reason: "Completed", output: `${name}\n` });
  },
);

judge(
  "settings",
  "While pods run, settings of the kernel are as promised",
  ({ sysctls, expected }, { evidence }) => {
    if (expected.sysctls.length === 0) return unsupported("The profile promises no setting");
    for (const [name, value] of Object.entries(sysctls)) evidence("sysctl", `${name} = ${value}`);
    const broken = expected.sysctls.filter((promise) => {
      const value = (sysctls[promise.name] ?? "").trim();
      return "value" in promise ? value !== promise.value : !(Number(value) >= promise.atLeast);
    });
    expect(broken.map(({ name }) => name)).toEqual([]);
  },
);

judge(
  "restart",
  "A container goes on while containerd is restarted: the same process answers, and programs can be run in it",
  (seen, { evidence }) => {
    const { later } = seen;
    const { pid, answer } = serverOf(seen.ran);
    evidence("before", `process ${pid} answered ${answer}`);
    evidence("after", `process ${later.pid}, ${later.state}: ${later.answer}${later.error}`);
    for (const line of seen.complaints) evidence("journal", line);
    // containerd gives each shim 5 s to answer, and takes it for dead then (its `io.containerd.timeout.shim.load`).
    const { restart } = seen.starved;
    if (restart && later.state !== "CONTAINER_RUNNING")
      tooLate({ wasStarved: () => restart }, `its state is ${later.state}`);
    expect({
      ...told(later.exec),
      state: later.state,
      pid: later.pid,
      answer: later.answer,
    }).toEqual({
      error: "",
      exitCode: 0,
      output: "still\n",
      state: "CONTAINER_RUNNING",
      pid,
      answer,
    });
    expect(answer).not.toBe("");
  },
);

judge(
  "cleanup",
  "Of removed pods no process, cgroup, mount, snapshot, network namespace, address or directory is left",
  (seen, { evidence, figure }) => {
    serverOf(seen.ran);
    const { sought, errors, leftovers, pods, containers } = seen.removal;
    evidence("removed", `${pods} pods, ${containers} containers; ${JSON.stringify(sought)}`);
    figure("leftovers", leftovers.length, "count");
    expect(errors, "what the runtime said").toEqual([]);
    // containerd 1.7 may lose a shim at its start, on a slow host, and forgets it then: that is for `restart` to judge.
    const lost = leftovers.map((left) => /containerd-shim\S* .*-id ([0-9a-f]+)/.exec(left)?.[1]);
    const isLost = (id: string | undefined): boolean =>
      id !== undefined &&
      seen.complaints.some((line) => line.includes(id) && /leaked shim|disconnected/.test(line));
    if (leftovers.length > 0 && lost.every(isLost)) {
      inconclusive(
        `Since its restart containerd does not know these any more: ${leftovers.join(", ")}`,
      );
    }
    expect(leftovers).toEqual([]);
    // Without them nothing would have been looked for. Those that ended before are for `restart` to judge.
    if (seen.later.state === "CONTAINER_RUNNING")
      expect(sought["processes"], "processes that were known").toBeGreaterThan(0);
  },
);

judge(
  "nothing-left",
  "When the pods and their image are removed, all in containerd and on the node is as before",
  ({ left, tookMs }, { evidence, figure }) => {
    evidence("left", left.join("; ") || "nothing");
    figure("took", tookMs, "ms");
    expect(left).toEqual([]);
  },
);
