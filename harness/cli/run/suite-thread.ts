import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { PoolOptions, PoolWorker, WorkerRequest } from "vitest/node";

type Listener = (...args: unknown[]) => void;

/**
 * The thread that suites run in: vitest's own, but that Node does not keep a list of its open files. The FIFOs of a console
 * are opened by number and closed by the socket that reads them, so the list goes stale: a second machine made Node warn
 * of it, and at the thread's end Node would close those numbers again, whoever has them by then.
 */
export class SuiteThread implements PoolWorker {
  readonly name = "suites";
  readonly #options: PoolOptions;
  #thread: Worker | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { distPath, env, execArgv } = this.#options;
    this.#thread ??= new Worker(join(distPath, "workers", "threads.js"), {
      env,
      execArgv,
      trackUnmanagedFds: false,
    });
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  on(event: string, callback: Listener): void {
    this.#thread?.on(event, callback);
  }

  off(event: string, callback: Listener): void {
    this.#thread?.off(event, callback);
  }

  send(message: WorkerRequest): void {
    this.#thread?.postMessage(message);
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}
