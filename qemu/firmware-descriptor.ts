import { z } from "zod";

/** The parts of a firmware descriptor that choosing needs (QEMU docs/interop/firmware.json). */
export interface FirmwareDescriptor {
  readonly description: string;
  readonly interfaceTypes: readonly string[];
  readonly executable: string;
  readonly varsTemplate: string;
  readonly format: string;
  /** Machine patterns of the x86_64 targets. */
  readonly machines: readonly string[];
  readonly features: readonly string[];
}

const flashFile = z.object({ filename: z.string().startsWith("/"), format: z.string() });

const descriptorSchema = z.object({
  description: z.string().default(""),
  "interface-types": z.array(z.string()),
  mapping: z.object({
    device: z.literal("flash"),
    executable: flashFile,
    "nvram-template": flashFile,
  }),
  targets: z.array(z.object({ architecture: z.string(), machines: z.array(z.string()) })),
  features: z.array(z.string()),
});

/** Undefined for anything that is no descriptor of a pair of flash files. */
export const parseFirmwareDescriptor = (text: string): FirmwareDescriptor | undefined => {
  const parsed = descriptorSchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { mapping, targets, features, description } = parsed.data;
  return {
    description,
    interfaceTypes: parsed.data["interface-types"],
    executable: mapping.executable.filename,
    varsTemplate: mapping["nvram-template"].filename,
    format: mapping.executable.format,
    machines: targets
      .filter(({ architecture }) => architecture === "x86_64")
      .flatMap(({ machines }) => machines),
    features,
  };
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
