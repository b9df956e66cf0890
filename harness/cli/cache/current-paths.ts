import { existsSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { basename, join } from "node:path";
import { imageEntry, mutantEntry } from "../../../images/builder/image-entry.ts";
import { listCatalog, resolveImage } from "../../../images/catalog.ts";
import { listMutants } from "../../../images/mutants.ts";
import { agentKey, agentStore } from "../../agent/build-agent.ts";
import { agentDiskName } from "../../machine/agent-disk.ts";

/**
 * Paths below the cache of all that today's recipes would use, whether it is built or not. While today's agent is not
 * built, what contains it has no name yet.
 * @throws {HostError} HOST_TOOL_MISSING without Go, whose version is part of the agent's key.
 */
export const currentPaths = async (): Promise<ReadonlySet<string>> => {
  const key = await agentKey();
  const agentPath = join(agentStore(), key, "agent");
  const paths = new Set([join("agent", key)]);
  const compiled = getCompileCacheDir();
  if (compiled !== undefined) paths.add(join("compiled", basename(compiled)));
  const hasAgent = existsSync(agentPath);
  if (hasAgent) paths.add(join("agent-disk", await agentDiskName(agentPath)));
  for (const { name } of listCatalog()) {
    const { source, agent } = resolveImage(name).manifest;
    if (source.kind !== "build" || (agent.injection[0] === "builtin" && !hasAgent)) continue;
    const base = await imageEntry(source.recipe, async () => agentPath);
    paths.add(join("images", base.name, base.key));
    for (const mutant of listMutants(name)) {
      const entry = mutantEntry(mutant, base);
      if (entry !== undefined) paths.add(join("images", entry.name, entry.key));
    }
  }
  return paths;
};
