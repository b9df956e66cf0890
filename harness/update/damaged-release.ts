import { join } from "node:path";
import { damagedPayload, type PayloadDamage } from "../../images/release/damaged-payload.ts";
import { tempDir } from "../core/tmp.ts";
import type { Release } from "./driver.ts";

/** A release whose payload is a damaged copy, which is gone when it is disposed. */
export type DamagedRelease = Release & { readonly payload: string } & AsyncDisposable;

/** Undefined for a release of whose payload no file is known that can be damaged. */
export const damagedRelease = async (
  release: Release,
  damage: PayloadDamage,
): Promise<DamagedRelease | undefined> => {
  const { payload, ownFile } = release;
  if (payload === undefined || ownFile === undefined) return undefined;
  const directory = await tempDir("bw-damaged");
  const path = join(directory.path, "payload.ext4");
  try {
    await damagedPayload({ payload, ownFile }, damage, path);
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...release,
    name: `${release.name}, ${damage}`,
    payload: path,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
};
