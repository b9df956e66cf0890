import type { GuestForward, Network } from "./machine-spec.ts";
import type { Problem } from "./problem.ts";

/** What is wrong with the network card. */
export const networkProblems = (network: Network): readonly Problem[] => {
  if (network === "none") return [];
  const { mac, forwardedPorts, guestForwards = [], capturePath } = network;
  const bad = forwardedPorts.find((port) => !isPort(port));
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
    ...guestForwards.flatMap(guestForwardProblems),
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

const guestForwardProblems = (
  { address, port, hostPort }: GuestForward,
  index: number,
): readonly Problem[] => {
  const path = `network.guestForwards[${index}]`;
  const bad = [port, hostPort].find((one) => !isPort(one));
  const last = Number(/^10\.0\.2\.(\d{1,3})$/.exec(address)?.[1] ?? 0);
  return [
    ...(last > 3 && last < 255 && last !== 15
      ? []
      : [
          {
            path: `${path}.address`,
            message: `Expected an address that is free in 10.0.2.0/24, saw ${JSON.stringify(address)}`,
            remedy: "Take one such as 10.0.2.100",
          },
        ]),
    ...(bad === undefined
      ? []
      : [
          {
            path,
            message: `Expected ports from 1 to 65535, saw ${bad}`,
            remedy: "Take ports in that range",
          },
        ]),
  ];
};

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;
