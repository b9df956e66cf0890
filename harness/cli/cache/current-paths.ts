import { existsSync } from "node:fs";
import { getCompileCacheDir } from "node:module";
import { basename, join } from "node:path";
import { imageEntry, mutantEntry } from "../../../images/builder/image-entry.ts";
import { packageFileEntry } from "../../../images/builder/package-file.ts";
import { listCatalog, resolveImage } from "../../../images/catalog.ts";
import { listMutants } from "../../../images/mutants.ts";
import { goProgramSpot } from "../../../images/payload/go-program.ts";
import { payloadPrograms } from "../../../images/payload/programs.ts";
import { agentKey, agentStore } from "../../agent/build-agent.ts";
import { errorCodeOf } from "../../core/errors.ts";
import { agentDiskName } from "../../machine/agent-disk.ts";

export interface CurrentPaths {
  /**
   * Paths below the cache of all that today's recipes would use, whether it is built or not. While today's agent is not
   * built, what contains it has no name yet. Without a Go that is new enough, whose version is part of the keys of what it builds, they are folders.
   */
  readonly paths: ReadonlySet<string>;
  /** HOST_TOOL_MISSING without Go. */
  readonly missing?: unknown;
}

export const currentPaths = async (): Promise<CurrentPaths> => {
  const compiled = getCompileCacheDir();
  const paths = compiled === undefined ? [] : [join("compiled", basename(compiled))];
  try {
    const key = await agentKey();
    const path = join(agentStore(), key, "agent");
    const agentPath = existsSync(path) ? path : undefined;
    const disk =
      agentPath === undefined ? [] : [join("agent-disk", await agentDiskName(agentPath))];
    const images = await Promise.all(builtImages().map((image) => pathsOf(image, agentPath)));
    const spots = await Promise.all(payloadPrograms().map(goProgramSpot));
    const programs = spots.map((spot) => join("payload", spot.name, spot.key));
    return {
      paths: new Set([...paths, join("agent", key), ...disk, ...images.flat(), ...programs]),
    };
  } catch (missing) {
    if (errorCodeOf(missing) !== "HOST_TOOL_MISSING") throw missing;
    const images = await Promise.all(
      builtImages().map(async (image) =>
        image.hasAgent ? [join("images", image.recipe)] : await pathsOf(image, undefined),
      ),
    );
    const programs = payloadPrograms().map(({ name }) => join("payload", name));
    return {
      paths: new Set([...paths, "agent", "agent-disk", ...images.flat(), ...programs]),
      missing,
    };
  }
};

interface BuiltImage {
  readonly name: string;
  readonly recipe: string;
  readonly hasAgent: boolean;
}

const builtImages = (): readonly BuiltImage[] =>
  listCatalog().flatMap(({ name }) => {
    const { source, agent } = resolveImage(name).manifest;
    if (source.kind !== "build") return [];
    return [{ name, recipe: source.recipe, hasAgent: agent.injection[0] === "builtin" }];
  });

const pathsOf = async (
  { name, recipe, hasAgent }: BuiltImage,
  agentPath: string | undefined,
): Promise<readonly string[]> => {
  if (hasAgent && agentPath === undefined) return [];
  const base = await imageEntry(recipe, async () => agentPath ?? "");
  const mutants = listMutants(name);
  const built = mutants.flatMap((mutant) => mutantEntry(mutant, base) ?? []);
  const fetched = mutants.flatMap(({ recipe: changes }) =>
    changes.flatMap((change) => (change.kind === "add-program" ? [packageFileEntry(change)] : [])),
  );
  return [base, ...built, ...fetched].map((entry) => join("images", entry.name, entry.key));
};
