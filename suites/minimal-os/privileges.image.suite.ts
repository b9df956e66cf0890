import { testImage, unsupported } from "../../harness/index.ts";
import { judgeFindings } from "./judge-findings.ts";

testImage(
  "minimal-os/setuid",
  { claim: "C04", title: "No file runs as its owner or group, or with capabilities" },
  (context) => {
    const exceptions = context.profile.minimalOs?.without.setuid;
    if (exceptions === undefined) return unsupported("The profile allows them");
    const { setuid, setgid, capable = [] } = context.facts.files;
    context.figure("setuid", setuid.length, "count");
    context.figure("setgid", setgid.length, "count");
    context.figure("capable", capable.length, "count");
    const found = [
      ...setuid.map(({ path, uid }) => ({ path, text: `${path} runs as user ${uid}` })),
      ...setgid.map(({ path, gid }) => ({ path, text: `${path} runs as group ${gid}` })),
      ...capable.map((path) => ({ path, text: `${path} runs with capabilities` })),
    ];
    return judgeFindings(context, found, exceptions);
  },
);
