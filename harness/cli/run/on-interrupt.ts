import { EventEmitter } from "node:events";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * Says "closed" when whoever read our output has gone (`| head`). Not by the real SIGPIPE: a listener for that has the kernel
 * send it at a write to any socket or FIFO, and a QEMU that dies while we speak to it must not end the run.
 */
const output = new EventEmitter();
const noVerdict = 3;

/** Makes Ctrl-C, SIGTERM, SIGHUP and a closed pipe end this process with exit code 3, whatever it is doing. */
export const endOnInterrupt = (): void => {
  for (const signal of signals) process.on(signal, () => end(`stopped by ${signal}`));
  output.on("closed", () => end("stopped by SIGPIPE"));
};

/** Node ignores SIGPIPE and gives an error on the stream in its place. */
export const endOnClosedPipe = (stream: NodeJS.WriteStream): void => {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    output.emit("closed");
  });
};

/**
 * While not disposed, the same after `record` has written down what there is. QEMU goes with this process
 * (parent-death signal) and the reaper removes its directories.
 */
export const onInterrupt = (record: (signal: NodeJS.Signals) => void): Disposable => {
  const stop = (signal: NodeJS.Signals): void => {
    try {
      record(signal);
    } finally {
      end(`stopped by ${signal}; what was recorded stays readable`);
    }
  };
  const stopClosed = (): void => stop("SIGPIPE");
  for (const signal of signals) process.prependListener(signal, stop);
  output.prependListener("closed", stopClosed);
  return {
    [Symbol.dispose]: () => {
      output.off("closed", stopClosed);
      for (const signal of signals) process.off(signal, stop);
    },
  };
};

// Not by process.exitCode: vitest would wait for its workers.
const end = (what: string): never => {
  process.stderr.write(`\nbootwright: ${what}\n`);
  process.exit(noVerdict);
};
