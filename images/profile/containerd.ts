import { z } from "zod";
import { guestPath, oneLine, uniqueBy, unitName } from "../field-schemas.ts";

/** What the containerd suite expects; a profile's section `containerd`. */
export interface Containerd {
  /** Default /run/containerd/containerd.sock. */
  readonly socket: string;
  /** Default containerd.service. */
  readonly unit: string;
  /** The oldest that the OS ships, as `1.7`. */
  readonly minimumVersion: string;
  /** Plugins that must have started, as `io.containerd.snapshotter.v1/overlayfs`. */
  readonly plugins: readonly string[];
  /** Who makes the containers' cgroups: what a kubelet's configuration must say too. */
  readonly cgroupDriver: "systemd" | "cgroupfs";
  /** Whether the image of pods' sandboxes is there without a registry. Default true. */
  readonly hasSandboxImage: boolean;
  /** Whether pods get a network of their own. Default true. */
  readonly hasPodNetwork: boolean;
  /** Whether memory may be swapped out, which a kubelet refuses by default. Default false. */
  readonly mayHaveSwap: boolean;
  /** Features of the kernel that must work. */
  readonly kernelFeatures: readonly KernelFeature[];
  /** Settings while containers run. */
  readonly sysctls: readonly SysctlPromise[];
  /** Room for images and containers after the boot. Default 1024. */
  readonly freeMiB: number;
  /** Where a kubelet keeps the volumes of pods; absent without a kubelet. */
  readonly kubeletDirectory?: string;
  /** Units that start and remove pods by themselves: stopped while the suite has pods of its own. Default none. */
  readonly otherClients: readonly string[];
}

export const kernelFeatures = [
  "overlay",
  "user-namespace",
  "seccomp-filter",
  "veth",
  "bridge",
  "nf-tables",
] as const;
export type KernelFeature = (typeof kernelFeatures)[number];

export type SysctlPromise =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly atLeast: number };

const sysctlName = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9_-]+([./][a-z0-9_-]+)+$/,
    "expected the name of a setting such as net.ipv4.ip_forward",
  );

const sysctl: z.ZodType<SysctlPromise> = z.union(
  [
    z.strictObject({ name: sysctlName, value: oneLine }),
    z.strictObject({ name: sysctlName, atLeast: z.int() }),
  ],
  { error: "expected name, and value or atLeast" },
);

const pluginName = z
  .string()
  .max(200)
  .regex(
    /^[a-z0-9.]+\/[a-z0-9-]+$/,
    "expected type and name of a plugin such as io.containerd.snapshotter.v1/overlayfs",
  );

export const containerdSchema: z.ZodType<Containerd> = z.strictObject({
  socket: guestPath.default("/run/containerd/containerd.sock"),
  unit: unitName.default("containerd.service"),
  minimumVersion: z.string().regex(/^\d{1,3}\.\d{1,3}$/, 'expected a version such as "1.7"'),
  plugins: z.array(pluginName).max(100),
  cgroupDriver: z.enum(["systemd", "cgroupfs"]),
  hasSandboxImage: z.boolean().default(true),
  hasPodNetwork: z.boolean().default(true),
  mayHaveSwap: z.boolean().default(false),
  kernelFeatures: z.array(z.enum(kernelFeatures)).max(kernelFeatures.length),
  sysctls: z
    .array(sysctl)
    .max(100)
    .superRefine(uniqueBy(({ name }) => name))
    .default([]),
  freeMiB: z.int().min(1).max(1_000_000).default(1024),
  kubeletDirectory: guestPath.exactOptional(),
  otherClients: z.array(unitName).max(20).default([]),
});
