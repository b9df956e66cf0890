import { expect, test } from "vitest";
import { parseForwardedPorts } from "./forwarded-ports.ts";

test("each forwarded port has the free one that was taken for it, and connections are left out", () => {
  const text = [
    "Hub -1 (net0):\r",
    "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r",
    "  TCP[ESTABLISHED]   18       10.0.2.15    22       127.0.0.1 51234     0     0\r",
    "  TCP[HOST_FORWARD]  13       127.0.0.1 40123       10.0.2.15    22     0     0\r",
    "  TCP[HOST_FORWARD]  12       127.0.0.1 40124       10.0.2.15 47022     0     0\r",
    "  UDP[26 sec]        19       10.0.2.15 48744        10.0.2.3    53     0     0\r",
    "",
  ].join("\n");
  expect([...parseForwardedPorts(text)]).toEqual([
    [22, 40_123],
    [47_022, 40_124],
  ]);
});
