import type { Cluster } from "./cluster.ts";

/** An act that several checks judge: done when the first of them asks. */
export const once = <T>(
  act: (cluster: Cluster) => Promise<T>,
): ((cluster: Cluster) => Promise<T>) => {
  let only: Promise<T> | undefined;
  return (cluster) => {
    only ??= act(cluster);
    return only;
  };
};
