import type { V1Node } from "@kubernetes/client-node";

export const isReadyNode = ({ status }: V1Node): boolean =>
  status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true;
