import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { ConfigError, ImageError } from "../harness/core/errors.ts";
import { printable } from "../harness/core/printable.ts";
import { manifestForBareFile } from "./bare-file.ts";
import { nearestNames, resolveImageName } from "./image-name.ts";
import { type LoadedManifest, loadManifest } from "./manifest-file.ts";
import { applyMutant, type Mutant, mutantImageName } from "./mutant.ts";
import { findMutant, listMutants } from "./mutants.ts";
import { type ProfileChoice, withPromises } from "./profile/profile-choice.ts";
import { loadProfile } from "./profile/profiles.ts";
import type { StatedManifest } from "./schema.ts";

/** What IMAGE on the command line stands for. */
export interface ResolvedImage {
  /** The catalogue name, `NAME+MUTANT`, or the name in the manifest. */
  readonly name: string;
  readonly manifest: StatedManifest;
  readonly profile: ProfileChoice;
  readonly mutant?: Mutant;
  /** What was assumed, for the user. */
  readonly notes: readonly string[];
}

export interface CatalogEntry {
  readonly name: string;
  readonly title: string;
  /** The manifest's file. */
  readonly path: string;
}

const manifestName = /\.ya?ml$/;

/** Whether `spec` stands for an image file itself, and not for a name or a manifest. */
export const isBareFile = (spec: string): boolean => {
  const named = resolveImageName(spec);
  const isNamed = named !== undefined && catalogNames().includes(named.image);
  return !(isNamed || manifestName.test(spec) || spec.includes("\0")) && existsSync(spec);
};

const directory = join(import.meta.dirname, "catalog");

/** The images of `images/catalog`, by name. */
export const listCatalog = (): readonly CatalogEntry[] =>
  catalogNames().map((name) => {
    const path = join(directory, `${name}.yaml`);
    return { name, title: loadCatalogManifest(name).manifest.title, path };
  });

/**
 * Finds the image that `spec` names: a catalogue name, NAME+MUTANT, a manifest (`*.yaml`), or a bare raw or qcow2 file.
 * A catalogue name wins over a file of that name; `./NAME` is the file. The image file itself is not verified here.
 * @throws {ImageError} IMAGE_UNKNOWN; IMAGE_UNUSABLE for a bare file. {ConfigError} for a manifest with problems.
 */
export const resolveImage = (spec: string): ResolvedImage => {
  const named = resolveImageName(spec);
  if (named !== undefined && catalogNames().includes(named.image)) {
    const base = loadCatalogManifest(named.image);
    if (named.mutant === undefined) return { name: named.image, ...base, notes: [] };
    return mutantOf(base, named.mutant);
  }
  if (spec.includes("\0") || !existsSync(spec)) throw unknown(spec);
  if (manifestName.test(spec)) {
    const loaded = loadManifest(resolve(spec));
    return { name: loaded.manifest.name, ...loaded, notes: [] };
  }
  const { manifest, notes } = manifestForBareFile(spec);
  const profile: ProfileChoice = { kind: "detect", otherwise: loadProfile("generic") };
  return { name: manifest.name, manifest, profile, notes };
};

/** Where the budgets of the image stand that `spec` names: beside its manifest. A mutant is judged by those of its image. */
export const budgetPathOf = (spec: string): string => {
  const named = resolveImageName(spec);
  return named !== undefined && catalogNames().includes(named.image)
    ? join(directory, `${named.image}.budget.yaml`)
    : resolve(spec.replace(manifestName, "").concat(".budget.yaml"));
};

const mutantOf = (base: LoadedManifest, mutantName: string): ResolvedImage => {
  const image = base.manifest.name;
  const mutant = findMutant(image, mutantName);
  if (mutant === undefined) throw unknown(`${image}+${mutantName}`);
  const manifest = applyMutant(base.manifest, mutant);
  return {
    name: manifest.name,
    manifest,
    profile: withPromises(base.profile, mutant),
    mutant,
    notes: [],
  };
};

const loadCatalogManifest = (name: string): LoadedManifest => {
  const path = join(directory, `${name}.yaml`);
  const loaded = loadManifest(path);
  if (loaded.manifest.name !== name) {
    throw new ConfigError(`File ${path} must state name: ${name}, not ${loaded.manifest.name}`);
  }
  return loaded;
};

const unknown = (spec: string): ImageError => {
  if (/[/.]/.test(spec)) {
    return new ImageError("IMAGE_UNKNOWN", `There is no file ${printable(spec, 200)}`, {
      hint: "Check the path; `bootwright images list` has the names of the catalogue",
      details: { spec },
    });
  }
  const known = [...catalogNames(), ...listMutants().map(mutantImageName)];
  const near = nearestNames(spec, known);
  const suggestion = near.length === 0 ? "" : `Did you mean ${near.join(" or ")}? `;
  return new ImageError(
    "IMAGE_UNKNOWN",
    `Expected a catalogue image, a manifest or an image file, but ${printable(spec, 200)} is none; known: ${catalogNames().join(", ")}`,
    {
      hint: `${suggestion}A file is given by its path; \`bootwright mutants list\` has the changed images`,
      details: { spec, known, near },
    },
  );
};

const catalogNames = (): readonly string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".yaml") && !file.endsWith(".budget.yaml"))
    .map((file) => basename(file, ".yaml"))
    .toSorted();
