import { z } from "zod";
import {
  claimId,
  guestPath,
  name,
  oneLine,
  profileName,
  schemaVersion,
  uniqueBy,
} from "../field-schemas.ts";
import { accessSchema } from "./access.ts";
import { adminContainerSchema } from "./admin-container.ts";
import { bootstrapContainersSchema } from "./bootstrap-container.ts";
import { containerdSchema } from "./containerd.ts";
import { critestSchema } from "./critest.ts";
import { dataDiskSchema } from "./data-disk.ts";
import { identitySchema } from "./identity.ts";
import { kubeletSchema } from "./kubelet.ts";
import { minimalOsSchema } from "./minimal-os.ts";
import { preloadedImagesSchema } from "./preloaded-images.ts";
import { directoryClasses, type Profile, type ProfileRule } from "./profile.ts";
import { upgradeSchema } from "./upgrade.ts";

const paths = z.array(guestPath).max(200);

const readOnlyRoot = z.strictObject({
  readOnlyMounts: paths,
  directories: z
    .array(z.strictObject({ path: guestPath, class: z.enum(directoryClasses) }))
    .max(200)
    .superRefine(uniqueBy(({ path }) => path)),
  writableRoots: paths,
  mayBeWritable: paths.default([]),
  isDeviceReadOnly: z.boolean().default(true),
  links: z.record(guestPath, oneLine).default({}),
  tmpfs: paths.default([]),
  noExec: paths.default([]),
});

const rule: z.ZodType<ProfileRule> = z.strictObject({
  osRelease: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "expected an os-release field"), oneLine)
    // An empty rule would match every image and hide `generic`.
    .refine((fields) => Object.keys(fields).length > 0, "expected at least one field"),
  present: paths.default([]),
  absent: paths.default([]),
});

export const profileSchema: z.ZodType<Profile> = z.strictObject({
  schema: schemaVersion,
  name: profileName,
  title: oneLine,
  match: z.array(rule).max(50).default([]),
  suites: z.array(name).max(64),
  claims: z
    .array(z.strictObject({ id: claimId }))
    .superRefine(uniqueBy(({ id }) => id))
    .default([]),
  notClaimed: z
    .array(z.strictObject({ id: claimId, reason: oneLine }))
    .superRefine(uniqueBy(({ id }) => id))
    .default([]),
  readOnlyRoot: readOnlyRoot.exactOptional(),
  minimalOs: minimalOsSchema.exactOptional(),
  access: accessSchema.exactOptional(),
  dataDisk: dataDiskSchema.exactOptional(),
  identity: identitySchema.exactOptional(),
  preloadedImages: preloadedImagesSchema.exactOptional(),
  bootstrapContainers: bootstrapContainersSchema.exactOptional(),
  containerd: containerdSchema.exactOptional(),
  adminContainer: adminContainerSchema.exactOptional(),
  critest: critestSchema.exactOptional(),
  nodeE2e: critestSchema.exactOptional(),
  kubelet: kubeletSchema.exactOptional(),
  upgrade: upgradeSchema.exactOptional(),
});
