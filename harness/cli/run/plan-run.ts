import { type ResolvedImage, resolveImage } from "../../../images/catalog.ts";
import type { Profile } from "../../../images/profile/profile.ts";
import type { InjectionStrategy } from "../../../images/schema.ts";
import { type Accelerator, chooseAccelerator } from "../../../qemu/accel.ts";
import { bootProbe } from "../../../qemu/boot-probe.ts";
import { resolveToolchain, type Toolchain } from "../../../qemu/toolchain.ts";
import type { AgentTransport } from "../../agent/injection/agent-units.ts";
import { cacheDir } from "../../core/cache-dir.ts";
import { InternalError } from "../../core/errors.ts";
import type { SystemIdentity } from "../../inspect/identify-systems.ts";
import type { MachinePlan } from "../../machine/machine-plan.ts";
import { type PreparedImage, prepareImage } from "../../machine/prepare-image.ts";
import { buildOptions } from "../build-progress.ts";
import { chooseInjection } from "./choose-injection.ts";
import { identifyImage } from "./identify-image.ts";
import { planAgent } from "./plan-agent.ts";
import { settleImage } from "./settle-image.ts";

export interface PlanOptions {
  readonly accel: "auto" | "kvm" | "tcg";
  /** How the agent talks: a virtio port of its own, or the console's line. */
  readonly transport: AgentTransport;
  /** Default: the first of the manifest's that fits what is known of the image. */
  readonly injection?: InjectionStrategy;
}

export interface PlannedRun {
  readonly prepared: PreparedImage;
  /** Undefined when it could not be told what system the image boots. */
  readonly identity: SystemIdentity | undefined;
  readonly plan: MachinePlan;
  readonly profile: Profile;
  readonly accelerator: Accelerator;
  readonly toolchain: Toolchain;
  /** What was decided, for the user. */
  readonly notes: readonly string[];
}

/** Everything before the first boot: image, accelerator (by booting `probe`) and the way the agent gets in. */
export const planRun = async (
  resolved: ResolvedImage,
  options: PlanOptions,
): Promise<PlannedRun> => {
  const toolchain = await resolveToolchain();
  const { injection, transport } = options;
  // A way that the manifest does not prepare is told before an image is built.
  if (injection !== undefined) chooseInjection(resolved.manifest, {}, injection);
  const prepared = await prepareImage(resolved, buildOptions(resolved.name));
  const { files } = prepared;
  const disk = await identifyImage(files);
  const { manifest, profile, identity, known, notes } = settleImage(resolved, disk);
  const chosen = chooseInjection(manifest, known, injection);
  const agent = await planAgent(chosen, { manifest, files, transport, toolchain });
  const accelerator = await probedAccelerator(toolchain, options.accel);
  const { accel, cpuModel } = accelerator;
  const plan: MachinePlan = { manifest, files, accel, cpuModel, agent };
  const injected = chosen.strategy !== "none" && chosen.note !== undefined ? [chosen.note] : [];
  const said = [...notes, ...injected];
  return { prepared, identity, plan, profile, accelerator, toolchain, notes: said };
};

export const probedAccelerator = async (
  toolchain: Toolchain,
  requested: "auto" | "kvm" | "tcg",
): Promise<Accelerator> => {
  const { files } = await prepareImage(resolveImage("probe"), buildOptions("probe"));
  if (files.kind !== "kernel")
    throw new InternalError("The probe image must be a kernel with an initrd");
  return chooseAccelerator({
    toolchain,
    requested,
    probeKernel: files.kernel,
    probeInitrd: files.initrd ?? "",
    cacheDir: cacheDir(),
    boot: (request) => {
      process.stderr.write(`booting a probe guest with ${request.accel} (once; remembered)\n`);
      return bootProbe(request);
    },
  });
};
