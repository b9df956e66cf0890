import { expect, test } from "vitest";
import { networkProblems } from "./validate-network.ts";

test("what is wrong with a network card is told with its remedy; no card has no problems", () => {
  expect(networkProblems("none")).toEqual([]);
  const good = { mac: "52:54:00:62:77:01", forwardedPorts: [22], capturePath: "/run/x/p.pcap" };
  expect(networkProblems(good)).toEqual([]);
  const forward = { address: "10.0.2.100", port: 6443, hostPort: 40_001 };
  expect(networkProblems({ ...good, guestForwards: [forward] })).toEqual([]);
  const bad = { mac: "53:54:00:62:77:01", forwardedPorts: [22, 0], capturePath: "p,cap" };
  const forwards = ["10.0.2.15", "10.0.3.1"].map((address) => ({ ...forward, address, port: 0 }));
  expect(
    networkProblems({ ...bad, guestForwards: forwards }).map(
      ({ path, message }) => `${path}: ${message}`,
    ),
  ).toEqual([
    'network.mac: Expected the address of one card, saw "53:54:00:62:77:01"',
    "network.forwardedPorts: Expected ports from 1 to 65535, saw 0",
    'network.guestForwards[0].address: Expected an address that is free in 10.0.2.0/24, saw "10.0.2.15"',
    "network.guestForwards[0]: Expected ports from 1 to 65535, saw 0",
    'network.guestForwards[1].address: Expected an address that is free in 10.0.2.0/24, saw "10.0.3.1"',
    "network.guestForwards[1]: Expected ports from 1 to 65535, saw 0",
    'network.capturePath: Expected an absolute path, saw "p,cap"',
  ]);
});
