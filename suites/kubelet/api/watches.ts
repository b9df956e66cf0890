import type { V1Node, V1Pod } from "@kubernetes/client-node";
import type { ClusterClient } from "./cluster-client.ts";
import { ObjectWatch } from "./object-watch.ts";

export const podWatch = (client: ClusterClient, namespace: string): ObjectWatch<V1Pod> =>
  new ObjectWatch<V1Pod>(client, {
    kind: "Pod",
    path: `/api/v1/namespaces/${namespace}/pods`,
    list: () => client.core.listNamespacedPod({ namespace }),
    describe: ({ status = {} }) => {
      const { phase, reason, message, containerStatuses = [], initContainerStatuses = [] } = status;
      const containers = [...initContainerStatuses, ...containerStatuses].map(
        ({ name, ready, restartCount, state, lastState }) => ({
          ...{ name, ready, restartCount, state, lastState },
        }),
      );
      return JSON.stringify({ phase, reason, message, containers });
    },
  });

export const nodeWatch = (client: ClusterClient): ObjectWatch<V1Node> =>
  new ObjectWatch<V1Node>(client, {
    kind: "Node",
    path: "/api/v1/nodes",
    list: () => client.core.listNode(),
    describe: ({ status }) => JSON.stringify(status?.conditions),
  });
