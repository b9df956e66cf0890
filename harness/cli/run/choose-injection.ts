import type { AgentNeeds, ImageManifest, InjectionStrategy } from "../../../images/schema.ts";
import { credentialsNeedSystemd } from "../../agent/injection/credentials.ts";
import { UsageError } from "../../core/errors.ts";

export type ChosenInjection =
  | {
      readonly strategy: InjectionStrategy;
      /** Why not the manifest's first. */
      readonly note?: string;
    }
  | { readonly strategy: "none"; readonly reason: string };

type Injectable = Pick<ImageManifest, "name" | "agent" | "disks">;

/** What is known of an image before its boot. */
export interface KnownOfImage {
  readonly systemdVersion?: number | undefined;
  /** Why nothing can be put into its layer of /etc. */
  readonly etcLayerProblem?: string | undefined;
}

/**
 * The way in that was asked for, or the first of the manifest's that what is known of the image does not rule out.
 * @throws {UsageError} when the manifest lacks what the forced way needs.
 */
export const chooseInjection = (
  manifest: Injectable,
  known: KnownOfImage,
  forced?: InjectionStrategy,
): ChosenInjection => {
  const { agent } = manifest;
  if (forced !== undefined) {
    refuseUnprepared(manifest, known, forced);
    return { strategy: forced };
  }
  if (agent.injection.length === 0) {
    return { strategy: "none", reason: "the manifest allows no injection" };
  }
  const ruledOut: string[] = [];
  for (const strategy of agent.injection) {
    const why = whyNot(strategy, agent, known, manifest);
    if (why === undefined) {
      return ruledOut.length === 0
        ? { strategy }
        : { strategy, note: `The agent gets in by ${strategy}: ${ruledOut.join("; ")}` };
    }
    ruledOut.push(why);
  }
  return { strategy: "none", reason: ruledOut.join("; ") };
};

/** Undefined when the way may be open. */
const whyNot = (
  strategy: InjectionStrategy,
  { etcLayer }: AgentNeeds,
  { systemdVersion, etcLayerProblem }: KnownOfImage,
  { disks }: Injectable,
): string | undefined => {
  switch (strategy) {
    case "credentials":
      return systemdVersion === undefined || systemdVersion >= credentialsNeedSystemd
        ? undefined
        : `the image's systemd ${systemdVersion} makes no units of credentials, which ${credentialsNeedSystemd} was the first to do`;
    case "etc-unit": {
      const on = etcLayer?.on;
      if (etcLayerProblem !== undefined) return etcLayerProblem;
      return on?.kind !== "disk" || disks.some(({ serial }) => serial === on.serial)
        ? undefined
        : `there is no disk ${on.serial} to put units on`;
    }
    case "builtin":
      return undefined;
  }
};

const refuseUnprepared = (
  manifest: Injectable,
  known: KnownOfImage,
  forced: InjectionStrategy,
): void => {
  const { name, agent } = manifest;
  const isUnprepared = agent.etcLayer === undefined && known.etcLayerProblem === undefined;
  if (forced === "etc-unit" && isUnprepared) {
    throw new UsageError(
      `--injection etc-unit needs to know where the writable layer of /etc lies, which the manifest of ${name} does not say`,
      { hint: "Write a manifest with agent.etcLayer: a disk or partition, and a directory in it" },
    );
  }
  const why = forced === "etc-unit" ? whyNot(forced, agent, known, manifest) : undefined;
  if (why !== undefined) {
    throw new UsageError(`--injection ${forced} cannot work on ${name}: ${why}`, {
      hint: "Leave --injection out, or correct agent.etcLayer in the manifest",
    });
  }
  if (forced === "builtin" && !agent.injection.includes("builtin")) {
    throw new UsageError(
      `--injection builtin is for images that start the agent themselves, which the manifest of ${name} does not say of it`,
      { hint: "Add builtin to agent.injection in the manifest" },
    );
  }
};
