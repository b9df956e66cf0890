import type { Network } from "./machine-spec.ts";
import type { Problem } from "./problem.ts";

/** What is wrong with the network card. */
export const networkProblems = (network: Network): readonly Problem[] => {
  if (network === "none") return [];
  const { mac, forwardedPorts, capturePath } = network;
  const bad = forwardedPorts.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  return [
    ...(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/.test(mac)
      ? []
      : [
          {
            path: "network.mac",
            message: `Expected the address of one card, saw ${JSON.stringify(mac)}`,
            remedy: "Take one such as 52:54:00:12:34:56",
          },
        ]),
    ...(bad === undefined
      ? []
      : [
          {
            path: "network.forwardedPorts",
            message: `Expected ports from 1 to 65535, saw ${bad}`,
            remedy: "Take a port in that range",
          },
        ]),
    ...(capturePath.startsWith("/")
      ? []
      : [
          {
            path: "network.capturePath",
            message: `Expected an absolute path, saw ${JSON.stringify(capturePath)}`,
            remedy: "Name a file in the machine's own directory",
          },
        ]),
  ];
};
