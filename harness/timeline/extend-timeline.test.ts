import { expect, test } from "vitest";
import { buildTimeline } from "./build-timeline.ts";
import { extendTimeline } from "./extend-timeline.ts";

test("added phases follow one another behind the last, whatever their ends", () => {
  const timeline = buildTimeline({ accel: "tcg", consolePhases: [], readyAtMs: 1000 });
  const longer = extendTimeline(timeline, [
    { name: "kubelet-healthy", endMs: 2500.04, witness: "healthz" },
    { name: "node-ready", endMs: 2000, witness: "condition" },
  ]);
  expect(longer).toEqual({
    ...timeline,
    phases: [
      ...timeline.phases,
      { name: "kubelet-healthy", startMs: 1000, endMs: 2500, witness: "healthz" },
      { name: "node-ready", startMs: 2500, endMs: 2500, witness: "condition" },
    ],
    totalMs: 2500,
  });
});
