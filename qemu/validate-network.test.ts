import { expect, test } from "vitest";
import { networkProblems } from "./validate-network.ts";

test("what is wrong with a network card is told with its remedy; no card has no problems", () => {
  expect(networkProblems("none")).toEqual([]);
  const good = { mac: "52:54:00:62:77:01", forwardedPorts: [22], capturePath: "/run/x/p.pcap" };
  expect(networkProblems(good)).toEqual([]);
  const bad = { mac: "53:54:00:62:77:01", forwardedPorts: [22, 0], capturePath: "p,cap" };
  expect(networkProblems(bad).map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'network.mac: Expected the address of one card, saw "53:54:00:62:77:01"',
    "network.forwardedPorts: Expected ports from 1 to 65535, saw 0",
    'network.capturePath: Expected an absolute path, saw "p,cap"',
  ]);
});
