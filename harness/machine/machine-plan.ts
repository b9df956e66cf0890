import type { ImageManifest } from "../../images/schema.ts";
import type { AgentTransport } from "../agent/injection/agent-units.ts";
import type { EtcPlace } from "../agent/injection/etc-unit.ts";

/** How the agent reaches the guest and talks; `none`: only the console is watched. */
export type AgentPlan =
  | { readonly kind: "credentials"; readonly transport: AgentTransport; readonly diskPath: string }
  | {
      readonly kind: "etc-unit";
      readonly transport: AgentTransport;
      readonly diskPath: string;
      readonly place: EtcPlace;
    }
  | { readonly kind: "builtin"; readonly transport: AgentTransport }
  | { readonly kind: "none"; readonly reason: string };

export type BootFiles =
  | { readonly kind: "disk"; readonly path: string; readonly format: "raw" | "qcow2" }
  | { readonly kind: "kernel"; readonly kernel: string; readonly initrd?: string };

/**
 * Everything that decides how an image is booted, as plain data: it crosses to suite workers, its digest is the plan
 * digest, and the same plan gives the same argv.
 */
export interface MachinePlan {
  readonly manifest: ImageManifest;
  readonly files: BootFiles;
  readonly accel: "kvm" | "tcg";
  readonly cpuModel: string;
  readonly agent: AgentPlan;
  /** Added to the kernel command line of a kernel boot. */
  readonly kernelArguments?: readonly string[];
}
