import {
  type Informer,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
} from "@kubernetes/client-node";
import { errorCodeOf, fail, withDeadline } from "../../../harness/index.ts";
import type { WatchedDeadline } from "../../node-runtime/watched-deadline.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { keepInformer } from "./kept-informer.ts";
import { late } from "./late.ts";

interface Seen<T> {
  readonly object: T;
  readonly isGone: boolean;
}

export interface WatchOptions<T> {
  /** As in `Pod`. */
  readonly kind: string;
  readonly path: string;
  readonly list: () => Promise<KubernetesListObject<T & KubernetesObject>>;
  /** What of it tells most, for messages. */
  readonly describe: (object: T) => string;
}

export interface Wait<T> {
  readonly deadline: WatchedDeadline;
  /** Why it never will be so: the check need not wait then. Default: it is waited until the time is over. */
  readonly cannot?: (object: T) => string | undefined;
}

/** Follows objects of one kind: what was last seen of each stays known when it is gone. */
export class ObjectWatch<T extends KubernetesObject> implements AsyncDisposable {
  readonly #options: WatchOptions<T>;
  readonly #seen = new Map<string, Seen<T>>();
  readonly #waiting = new Set<() => void>();
  readonly #informer: Informer<T>;
  #isOver = false;

  constructor({ config }: Pick<ClusterClient, "config">, options: WatchOptions<T>) {
    this.#options = options;
    this.#informer = makeInformer(config, options.path, options.list);
    for (const verb of ["add", "update"] as const)
      this.#informer.on(verb, (object) => this.#take(object, false));
    this.#informer.on("delete", (object) => this.#take(object, true));
    keepInformer(this.#informer, () => this.#isOver);
  }

  async start(): Promise<void> {
    await this.#informer.start();
  }

  /** Those that are there now. */
  present(): readonly T[] {
    return [...this.#seen.values()].filter(({ isGone }) => !isGone).map(({ object }) => object);
  }

  /**
   * Waits until an object is so, and resolves to what it was then; the check fails when it cannot be, or the time is over.
   * @param what completes "KIND NAME should".
   */
  async until(
    name: string,
    what: string,
    isSo: (object: T) => boolean,
    { deadline, cannot }: Wait<T>,
  ): Promise<T> {
    return await this.#wait(name, what, deadline, (seen) => {
      if (seen === undefined) return undefined;
      if (isSo(seen.object)) return seen.object;
      const why = seen.isGone ? "it is gone" : cannot?.(seen.object);
      return why === undefined
        ? undefined
        : fail(`${this.#options.kind} ${name} should ${what}, but ${why}: ${this.#describe(seen)}`);
    });
  }

  /** Waits until the API server has it no more, and resolves to what it was last. */
  async untilGone(name: string, deadline: WatchedDeadline): Promise<T> {
    return await this.#wait(name, "be gone", deadline, (seen) =>
      seen?.isGone === true ? seen.object : undefined,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#informer.stop();
  }

  #take(object: T, isGone: boolean): void {
    this.#seen.set(object.metadata?.name ?? "", { object, isGone });
    for (const wake of this.#waiting) wake();
  }

  async #wait(
    name: string,
    what: string,
    deadline: WatchedDeadline,
    look: (seen: Seen<T> | undefined) => T | undefined,
  ): Promise<T> {
    for (;;) {
      const found = look(this.#seen.get(name));
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      try {
        await withDeadline(promise, deadline, what);
      } catch (error) {
        if (errorCodeOf(error) !== "TIMEOUT") throw error;
        const seconds = Math.round(deadline.timeoutMs / 1000);
        return late(
          deadline,
          `${this.#options.kind} ${name} should ${what} within ${seconds} s; last seen: ${this.#describe(this.#seen.get(name))}`,
        );
      } finally {
        this.#waiting.delete(resolve);
      }
    }
  }

  #describe(seen: Seen<T> | undefined): string {
    if (seen === undefined) return "the API server does not know it";
    const text = this.#options.describe(seen.object).slice(0, 1500);
    return seen.isGone ? `gone, before that ${text}` : text;
  }
}
