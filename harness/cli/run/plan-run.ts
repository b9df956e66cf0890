import { type ResolvedImage, resolveImage } from "../../../images/catalog.ts";
import type { ImageManifest } from "../../../images/schema.ts";
import { type Accelerator, chooseAccelerator } from "../../../qemu/accel.ts";
import { bootProbe } from "../../../qemu/boot-probe.ts";
import { resolveToolchain, type Toolchain } from "../../../qemu/toolchain.ts";
import { buildAgent } from "../../agent/build-agent.ts";
import type { AgentTransport } from "../../agent/injection/credentials.ts";
import { cacheDir } from "../../core/cache-dir.ts";
import { InternalError } from "../../core/errors.ts";
import { buildAgentDisk } from "../../machine/agent-disk.ts";
import type { AgentPlan, MachinePlan } from "../../machine/machine-plan.ts";
import { type PreparedImage, prepareImage } from "../../machine/prepare-image.ts";
import { buildOptions } from "../build-progress.ts";

export interface PlanOptions {
  readonly accel: "auto" | "kvm" | "tcg";
  /** How the agent talks: a virtio port of its own, or the console's line. */
  readonly transport: AgentTransport;
}

export interface PlannedRun {
  readonly prepared: PreparedImage;
  readonly plan: MachinePlan;
  readonly accelerator: Accelerator;
  readonly toolchain: Toolchain;
}

/** Everything before the first boot: image, accelerator (by booting `probe`) and the way the agent gets in. */
export const planRun = async (
  resolved: ResolvedImage,
  options: PlanOptions,
): Promise<PlannedRun> => {
  const toolchain = await resolveToolchain();
  const prepared = await prepareImage(resolved, buildOptions(resolved.name));
  const accelerator = await probedAccelerator(toolchain, options.accel);
  const plan: MachinePlan = {
    manifest: resolved.manifest,
    files: prepared.files,
    accel: accelerator.accel,
    cpuModel: accelerator.cpuModel,
    agent: await planAgent(resolved.manifest, options.transport),
  };
  return { prepared, plan, accelerator, toolchain };
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

const planAgent = async (
  manifest: ImageManifest,
  transport: AgentTransport,
): Promise<AgentPlan> => {
  const [strategy] = manifest.agent.injection;
  switch (strategy) {
    case "credentials":
      return { kind: "credentials", transport, diskPath: await buildAgentDisk(await buildAgent()) };
    case "builtin":
      return { kind: "builtin", transport };
    default:
      return { kind: "none", reason: "the manifest allows no injection" };
  }
};
