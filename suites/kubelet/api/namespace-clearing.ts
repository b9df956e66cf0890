import { setTimeout as pause } from "node:timers/promises";
import {
  type Informer,
  type KubernetesObject,
  makeInformer,
  type V1Namespace,
  type V1Pod,
} from "@kubernetes/client-node";
import { type ClusterClient, isGoneOrTaken, isServerFault } from "./cluster-client.ts";
import { keepInformer } from "./kept-informer.ts";

/** A namespace that is deleted loses its pods, and goes when the last of them is gone: what a controller does in a cluster. */
export interface NamespaceClearing extends AsyncDisposable {
  /** Rejects, and never resolves, when a namespace cannot be cleared: then pods of specs that are over stay on the node. */
  readonly broken: Promise<never>;
}

/** So often an API server is asked that has a fault of its own, as one has whose etcd is slow. */
const turns = 5;
const pauseMs = 250;

export const clearNamespaces = async (client: ClusterClient): Promise<NamespaceClearing> => {
  const clearing = new Clearing(client);
  await clearing.start();
  return clearing;
};

class Clearing implements NamespaceClearing {
  readonly broken: Promise<never>;
  readonly #break: (error: unknown) => void;
  readonly #client: ClusterClient;
  readonly #leaving = new Set<string>();
  readonly #informers: readonly Informer<KubernetesObject>[];
  #isOver = false;

  constructor(client: ClusterClient) {
    this.#client = client;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined); // it is raced with what may be over long before
    this.broken = promise;
    this.#break = reject;
    const { config, core } = client;
    const namespaces = makeInformer<V1Namespace>(config, "/api/v1/namespaces", () =>
      core.listNamespace(),
    );
    const pods = makeInformer<V1Pod>(config, "/api/v1/pods", () => core.listPodForAllNamespaces());
    for (const verb of ["add", "update"] as const)
      namespaces.on(verb, ({ metadata }) => {
        if (metadata?.deletionTimestamp !== undefined) this.#leave(metadata.name ?? "");
      });
    pods.on("delete", ({ metadata }) => {
      const name = metadata?.namespace ?? "";
      if (this.#leaving.has(name)) this.#settle(() => this.#finish(name));
    });
    this.#informers = [namespaces, pods];
    for (const informer of this.#informers) keepInformer(informer, () => this.#isOver);
  }

  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#informers.map((informer) => informer.stop()));
  }

  #leave(name: string): void {
    if (this.#leaving.has(name)) return;
    this.#leaving.add(name);
    this.#settle(async () => {
      await this.#client.core.deleteCollectionNamespacedPod({ namespace: name });
      await this.#finish(name);
    });
  }

  async #finish(name: string): Promise<void> {
    const { core } = this.#client;
    const { items } = await core.listNamespacedPod({ namespace: name, limit: 1 });
    if (items.length > 0) return;
    await core.replaceNamespaceFinalize({
      name,
      body: { metadata: { name }, spec: { finalizers: [] } },
    });
    this.#leaving.delete(name);
  }

  #settle(work: () => Promise<unknown>, turn = 1): void {
    work().catch(async (error: unknown) => {
      // Two pods that end together finish a namespace twice.
      if (this.#isOver || isGoneOrTaken(error)) return;
      if (!isServerFault(error) || turn === turns) {
        this.#break(error);
        return;
      }
      await pause(turn * pauseMs, undefined, { ref: false });
      if (!this.#isOver) this.#settle(work, turn + 1);
    });
  }
}
