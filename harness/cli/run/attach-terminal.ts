import type { BootedMachine } from "../../machine/booted-machine.ts";

const detachKey = 0x1d; // Ctrl-], as in telnet and virsh console

/** Connects the keyboard to the guest's console until Ctrl-] or the end of input. */
export const attachTerminal = async (machine: BootedMachine): Promise<void> => {
  process.stderr.write("bootwright: the keyboard goes to the guest; Ctrl-] ends the machine\n");
  const { promise, resolve } = Promise.withResolvers<void>();
  const onData = (chunk: Buffer): void => {
    const end = chunk.indexOf(detachKey);
    machine.typeOnConsole(end === -1 ? chunk : chunk.subarray(0, end));
    if (end !== -1) resolve();
  };
  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.once("end", resolve);
  void machine.ended.then(() => resolve());
  try {
    await promise;
  } finally {
    stdin.off("data", onData);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
  }
};
