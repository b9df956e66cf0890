import { z } from "zod";
import { guestPath, name, oneLine, reject, uniqueBy } from "../field-schemas.ts";

/** What the upgrade-rollback suite expects; a profile's section `upgrade`. */
export interface Upgrade {
  /** How a node of this system is updated, each way tried on its own. */
  readonly drivers: readonly StatedDriver[];
  /** Absent when /etc is not said to be the node's own, as where it goes with the system disk. */
  readonly etc?: UpgradedEtc;
  /** Whether an edit of /etc that was made after the update is still there when the older release runs again. */
  readonly rollbackKeepsEtcEdits: boolean;
  readonly automaticRollback: AutomaticRollback;
  /**
   * What the running node itself changes on its data disk, as logs and the store of its containers: paths of the guest in which
   * `*` stands for any text. All else must be the same after each step. Default none.
   */
  readonly changingData: readonly string[];
  readonly limits: UpgradeLimits;
}

export type StatedDriver =
  /** Deployments of OSTree, by `rpm-ostree` where the image has it. */
  | {
      readonly kind: "ostree";
      /** The name below /ostree/deploy. */
      readonly os: string;
      /** The branch that payloads bring. */
      readonly ref: string;
    }
  /** A and B partitions, filled by systemd-sysupdate; systemd-boot counts the tries of a new one. */
  | {
      readonly kind: "ab";
      /** The directory of the transfer files, sysupdate.d(5). Default /usr/lib/sysupdate.d. */
      readonly definitions: string;
    }
  /** The machine gets another system disk, and keeps the others. */
  | { readonly kind: "replace-disk" }
  /** The argument lists in the manifest's `updateCommands`. */
  | { readonly kind: "command" };

export type AutomaticRollback =
  /** A release that does not come up is given up after so many tries. */
  | { readonly kind: "after-tries"; readonly tries: number }
  | { readonly kind: "none"; readonly reason: string };

/** Paths of /etc; in `changing`, `*` stands for any text. */
export interface UpgradedEtc {
  /** A shipped text file that takes a line beginning with `#` at its end, and does no harm by it. */
  readonly edit: string;
  /** A shipped file without which a node still works. */
  readonly delete: string;
  /** Shipped files that the running node itself changes. Default none. */
  readonly changing: readonly string[];
}

export interface UpgradeLimits {
  /** What the system disk may hold more after the second update than after the first. */
  readonly extraDiskMiB: number;
}

const driverFields = z.strictObject({
  kind: z.enum(["ostree", "ab", "replace-disk", "command"]),
  os: name.optional(),
  ref: z
    .string()
    .max(200)
    .regex(/^[\w.-]+(\/[\w.-]+)*$/, "expected a branch such as node/stable")
    .optional(),
  definitions: guestPath.optional(),
});

const driver: z.ZodType<StatedDriver> = driverFields.transform(
  ({ kind, os, ref, definitions }, context): StatedDriver => {
    if (kind !== "ostree" && (os !== undefined || ref !== undefined))
      return reject(context, "only `kind: ostree` has os and ref");
    if (kind !== "ab" && definitions !== undefined)
      return reject(context, "only `kind: ab` has this key", ["definitions"]);
    if (kind === "ab") return { kind, definitions: definitions ?? "/usr/lib/sysupdate.d" };
    if (kind !== "ostree") return { kind };
    if (os === undefined) return reject(context, "is missing", ["os"]);
    if (ref === undefined) return reject(context, "is missing", ["ref"]);
    return { kind, os, ref };
  },
);

const automaticRollback: z.ZodType<AutomaticRollback> = z
  .strictObject({ tries: z.int().min(1).max(20).optional(), none: oneLine.optional() })
  .transform(({ tries, none }, context): AutomaticRollback => {
    if (tries !== undefined && none === undefined) return { kind: "after-tries", tries };
    if (none !== undefined && tries === undefined) return { kind: "none", reason: none };
    return reject(context, "expected one of tries, none");
  });

const glob = z
  .string()
  .max(1000)
  .regex(/^\/[^\0]+$/, "expected an absolute path, in which * stands for any text");

const etcFile = guestPath.refine((path) => path.startsWith("/etc/"), "expected a path of /etc");

export const upgradeSchema: z.ZodType<Upgrade> = z.strictObject({
  drivers: z
    .array(driver)
    .min(1, "expected at least one driver")
    .max(4)
    .superRefine(uniqueBy(({ kind }) => kind)),
  etc: z
    .strictObject({
      edit: etcFile,
      delete: etcFile,
      changing: z.array(glob).max(200).default([]),
    })
    .exactOptional(),
  rollbackKeepsEtcEdits: z.boolean(),
  automaticRollback,
  changingData: z.array(glob).max(200).default([]),
  limits: z.strictObject({ extraDiskMiB: z.int().min(0).max(1_048_576) }),
});
