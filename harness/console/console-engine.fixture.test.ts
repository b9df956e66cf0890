import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createConsoleEngine } from "./console-engine.ts";
import type { ConsoleEvent } from "./console-event.ts";

const testdata = join(import.meta.dirname, "testdata");
const names = readdirSync(testdata)
  .filter((name) => name.endsWith(".console"))
  .map((name) => name.slice(0, -".console".length));

// After a change of the table: `vitest run --project unit harness/console -u`, and read the difference.
test.each(names)("the events of %s are the recorded ones", async (name) => {
  const events: ConsoleEvent[] = [];
  const engine = createConsoleEngine({ onEvent: (event) => events.push(event) });
  engine.feed(readFileSync(join(testdata, `${name}.console`)), 0);
  engine.end(0);
  await expect(`${JSON.stringify(events, null, 2)}\n`).toMatchFileSnapshot(`testdata/${name}.json`);
});
