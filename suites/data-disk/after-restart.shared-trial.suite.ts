import { agentOf, defineTrial, expect, profile, testTrial } from "../../harness/index.ts";
import { marked, markerIn, places } from "./marker.ts";

const { dataDisk } = profile();
const slug = (path: string): string => path.slice(1).replaceAll("/", "-");

const restarted = defineTrial(async ({ seenBy, boot }) => {
  const { text, contents } = await seenBy(marked);
  const agent = agentOf(await boot("restarted", { contents }));
  const found: Record<string, string | undefined> = {};
  for (const { path } of places) found[path] = await markerIn(agent, path);
  return { text, found };
});

for (const { path, isKept } of places) {
  testTrial(
    restarted,
    `data-disk/restart/${slug(path)}`,
    {
      claim: path === dataDisk?.mountPoint ? "C27" : "C12",
      title: `A file in ${path} is ${isKept ? "still there" : "gone"} after a restart with the same disks`,
    },
    ({ text, found }, { evidence }) => {
      evidence("marker", `written: ${text}; found: ${found[path] ?? "nothing"}`);
      expect(found[path]).toBe(isKept ? text : undefined);
    },
  );
}
