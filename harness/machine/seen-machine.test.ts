import { expect, test } from "vitest";
import type { AgentClient } from "../agent/agent-client.ts";
import { GuestError, TimeoutError } from "../core/errors.ts";
import { seenMachine } from "./seen-machine.ts";

const missing = (path: string): GuestError =>
  new GuestError("AGENT_REQUEST", `open ${path}: no such file or directory`);

/** A guest with these files; a name with a slash at its end is a folder. */
const guest = (
  files: Readonly<Record<string, string | Buffer>>,
): Pick<AgentClient, "stat" | "readFile"> => ({
  readFile: async (path) => {
    const content = files[path];
    if (content === undefined) throw missing(path);
    return Buffer.from(content);
  },
  stat: async (path) => {
    if (!Object.keys(files).some((name) => name === path || name.startsWith(`${path}/`)))
      throw missing(path);
    const entry = { type: "directory", mode: 0o755, uid: 0, gid: 0, size: 0, mtimeMs: 0 } as const;
    return { path, ...entry };
  },
});

const variable = (name: string): string =>
  `/sys/firmware/efi/efivars/${name}-8be4df61-93ca-11d2-aa0d-00e098032b8c`;
const flag = (value: number): Buffer => Buffer.of(6, 0, 0, 0, value);

test("a guest under Secure Boot with a TPM 2.0", async () => {
  const files = {
    [variable("SecureBoot")]: flag(1),
    [variable("SetupMode")]: flag(0),
    "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n",
    "/sys/class/tpm/tpm0/tpm_version_major": "2\n",
  };
  expect(await seenMachine(guest(files))).toEqual({
    isUefi: true,
    secureBoot: true,
    setupMode: false,
    lockdown: "integrity",
    tpm: "2",
  });
});

test("what the kernel cannot tell is left out, and no TPM is told from no driver", async () => {
  expect([
    await seenMachine(guest({ "/sys/class/tpm/": "" })),
    await seenMachine(guest({})),
    await seenMachine(guest({ [variable("SecureBoot")]: "odd", [variable("SetupMode")]: flag(1) })),
  ]).toEqual([
    { isUefi: false, tpm: "none" },
    { isUefi: false },
    { isUefi: true, setupMode: true },
  ]);
});

test("a guest that stops answering says nothing", async () => {
  const { stat } = guest({});
  const hanging = { stat, readFile: () => Promise.reject(new TimeoutError("no answer")) };
  expect(await seenMachine(hanging)).toBe(undefined);
});
