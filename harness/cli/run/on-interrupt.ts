/**
 * Ends this process on Ctrl-C, SIGTERM or SIGHUP after `record` has written down what there is. QEMU goes with this
 * process (parent-death signal) and the reaper removes its directories.
 */
export const onInterrupt = (record: (signal: NodeJS.Signals) => void): Disposable => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (signal: NodeJS.Signals): void => {
    try {
      record(signal);
    } finally {
      process.stderr.write(
        `\nbootwright: stopped by ${signal}; what was recorded stays readable\n`,
      );
      // 3: no verdict. The exit handlers of vitest would wait for its workers.
      process.exit(3);
    }
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
};
