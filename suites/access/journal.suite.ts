import { errnoOf, expect, profile, test, unsupported } from "../../harness/index.ts";

/** SD_MESSAGE_UNIT_STARTED, sd-messages.h: "a start job has finished". */
const unitStarted = "39f53479d3a045ac8e11786248231fbf";
/** Does nothing but tidy, and is on every system with systemd. */
const unit = "systemd-tmpfiles-clean.service";

test("access/journal", {
  claim: "C15",
  title: "That a unit was started is in the journal, with its name and time",
}, async ({ agent, evidence }) => {
  if (profile().access === undefined) return unsupported("The profile says nothing of access");
  const run = async (...argv: readonly string[]): Promise<string> => {
    const ended = await agent.exec(argv).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      return unsupported(`This image has no ${argv[0]} to try it with`);
    });
    evidence("exec", `${argv.join(" ")}: ${JSON.stringify(ended.exit)}`);
    return ended.stdout.toString();
  };
  const records = async (): Promise<readonly string[]> => {
    const fields = ["_PID=1", `UNIT=${unit}`, `MESSAGE_ID=${unitStarted}`];
    const text = await run("journalctl", "-b", "-o", "json", "--no-pager", "-n", "100", ...fields);
    return text.split("\n").filter((line) => line.startsWith("{"));
  };
  const before = await records();
  await run("systemctl", "start", unit);
  await run("journalctl", "--sync");
  const after = await records();
  expect(after.length, "records of a start").toBe(before.length + 1);
  const last: unknown = JSON.parse(after.at(-1) ?? "{}");
  evidence("journal", after.at(-1) ?? "");
  expect(last).toMatchObject({ UNIT: unit, __REALTIME_TIMESTAMP: expect.stringMatching(/^\d+$/) });
});
