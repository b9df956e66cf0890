import { z } from "zod";
import {
  checkId,
  guestPath,
  name,
  oneLine,
  reject,
  schemaVersion,
  unitName,
} from "./field-schemas.ts";
import { blankDisk, machineFields, toBootMethod } from "./machine-schema.ts";
import type { ManifestOverrides, Mutant, ProgramSource, RecipeChange } from "./mutant.ts";
import { mutantProgramNames } from "./payload/mutant-programs.ts";
import { critestSchema } from "./profile/critest.ts";
import { identityChanges } from "./profile/identity.ts";

const overrides: z.ZodType<ManifestOverrides> = z.strictObject({
  systemDisk: z.strictObject({ readOnly: z.boolean() }).exactOptional(),
  machine: machineFields
    .transform(({ memoryMiB, cpus, tpm, watchdog, firmwareVariables, ...boot }, context) => ({
      ...(memoryMiB === undefined ? {} : { memoryMiB }),
      ...(cpus === undefined ? {} : { cpus }),
      ...(tpm === undefined ? {} : { tpm }),
      ...(watchdog === undefined ? {} : { hasWatchdog: watchdog }),
      ...(firmwareVariables === undefined ? {} : { firmwareVariables }),
      ...(Object.keys(boot).length === 0 ? {} : { boot: toBootMethod(boot, context) }),
    }))
    .exactOptional(),
  removeDisks: z.array(z.string().max(20)).default([]),
  addDisks: z.array(blankDisk).default([]),
});

const someText = z.string().min(1, "expected some text").max(65_536);
const kernelArgument = z
  .string()
  .max(500)
  .regex(/^[!-~]+$/, "expected one argument without spaces");

/** Permission bits as octal text: a bare 0644 in YAML 1.2 is the decimal number 644. */
const mode = z
  .string()
  .regex(/^0[0-7]{3,4}$/, 'expected octal permission bits in quotes, such as "0644"')
  .transform((text) => Number.parseInt(text, 8));

const addedFile = z.strictObject({
  path: guestPath,
  mode: mode.prefault("0644"),
  text: z.string().max(65_536),
});

const packageName = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?$/,
    "expected a Debian package such as hello or hello:arm64",
  );

const programSource = ({
  package: name,
  from,
  program,
}: {
  readonly package: string | undefined;
  readonly from: string | undefined;
  readonly program: string | undefined;
}): ProgramSource | undefined => {
  if (program !== undefined)
    return name === undefined && from === undefined ? { program } : undefined;
  return name === undefined || from === undefined ? undefined : { package: name, from };
};

const addedProgram = z
  .strictObject({
    package: packageName.optional(),
    from: guestPath.optional(),
    program: z
      .enum(
        mutantProgramNames(),
        `expected a folder of images/mutants/programs: ${mutantProgramNames().join(", ")}`,
      )
      .optional(),
    path: guestPath,
    mode: mode.prefault("0755"),
    to: z.enum(["root", "initrd"]).default("root"),
  })
  .transform(({ package: name, from, program, ...place }, context) => {
    const source = programSource({ package: name, from, program });
    return source === undefined
      ? reject(context, "expected either package and from, or program")
      : { ...source, ...place };
  });

const changeFields = {
  addFile: addedFile,
  addProgram: addedProgram,
  removeFile: z.strictObject({ path: guestPath }),
  setMode: z.strictObject({ path: guestPath, mode }),
  grantCapability: z.strictObject({ path: guestPath, capability: z.int().min(0).max(31) }),
  replaceText: z.strictObject({ path: guestPath, match: someText, with: z.string().max(65_536) }),
  enableUnit: z.strictObject({ unit: unitName, wantedBy: unitName.default("multi-user.target") }),
  kernelArgument: z.strictObject({
    add: kernelArgument.optional(),
    remove: kernelArgument.optional(),
  }),
  addToInitrd: addedFile,
  kernelSignature: z.strictObject({ remove: z.literal(true, "expected true") }),
  stallBootCode: z.strictObject({
    stage: z.enum(["boot-sector", "core-image"]),
    seconds: z.int().min(1).max(600),
  }),
};

/** One change to an image, stated as an object with one key. */
export const recipeChange: z.ZodType<RecipeChange> = z
  .strictObject({
    addFile: changeFields.addFile.optional(),
    addProgram: changeFields.addProgram.optional(),
    removeFile: changeFields.removeFile.optional(),
    setMode: changeFields.setMode.optional(),
    grantCapability: changeFields.grantCapability.optional(),
    replaceText: changeFields.replaceText.optional(),
    enableUnit: changeFields.enableUnit.optional(),
    kernelArgument: changeFields.kernelArgument.optional(),
    addToInitrd: changeFields.addToInitrd.optional(),
    kernelSignature: changeFields.kernelSignature.optional(),
    stallBootCode: changeFields.stallBootCode.optional(),
  })
  .transform((given, context): RecipeChange => {
    const one = Object.values(given).filter((value) => value !== undefined).length === 1;
    if (!one) return reject(context, `expected one of ${Object.keys(changeFields).join(", ")}`);
    const { addFile, removeFile, replaceText, enableUnit, kernelArgument: argument } = given;
    const { addProgram, setMode, grantCapability, addToInitrd, stallBootCode } = given;
    if (addFile !== undefined) return { kind: "add-file", ...addFile };
    if (addProgram !== undefined) return { kind: "add-program", ...addProgram };
    if (removeFile !== undefined) return { kind: "remove-file", ...removeFile };
    if (setMode !== undefined) return { kind: "set-mode", ...setMode };
    if (grantCapability !== undefined) return { kind: "grant-capability", ...grantCapability };
    if (replaceText !== undefined) return { kind: "replace-text", ...replaceText };
    if (enableUnit !== undefined) return { kind: "enable-unit", ...enableUnit };
    if (addToInitrd !== undefined) return { kind: "add-to-initrd", ...addToInitrd };
    if (given.kernelSignature !== undefined) return { kind: "remove-kernel-signature" };
    if (stallBootCode !== undefined) return { kind: "stall-boot-code", ...stallBootCode };
    if (argument?.add !== undefined && argument.remove === undefined) {
      return { kind: "add-kernel-argument", argument: argument.add };
    }
    if (argument?.remove !== undefined && argument.add === undefined) {
      return { kind: "remove-kernel-argument", argument: argument.remove };
    }
    return reject(context, "expected one of add, remove", ["kernelArgument"]);
  });

export const mutantSchema: z.ZodType<Mutant> = z
  .strictObject({
    schema: schemaVersion,
    name,
    of: name,
    title: oneLine,
    quick: z.boolean().default(false),
    level: z.enum(["quick", "standard", "full"]).default("quick"),
    manifest: overrides.prefault({}),
    promises: z
      .strictObject({
        identity: identityChanges.exactOptional(),
        critest: critestSchema.exactOptional(),
      })
      .prefault({}),
    recipe: z.array(recipeChange).max(64).default([]),
    boots: z.boolean().default(true),
    // A mutant that no check must fail on proves nothing.
    fails: z.array(checkId).min(1, "expected at least one check id").max(200),
    skips: z
      .array(
        z
          .string()
          .max(300)
          .regex(/^[a-z0-9+._/*-]+$/, "expected a glob of check ids"),
      )
      .max(200)
      .default([]),
  })
  .transform(({ manifest, quick, level, ...mutant }) => ({
    ...mutant,
    overrides: manifest,
    isQuick: quick,
    runLevel: level,
  }));
