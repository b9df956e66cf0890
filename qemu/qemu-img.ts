import { constants, copyFileSync } from "node:fs";
import { BootwrightError, ImageError } from "../harness/core/errors.ts";
import { type ExecOptions, exec } from "../harness/core/exec.ts";
import { type ImageInfo, parseImageInfo } from "./image-info.ts";
import { keyval } from "./options/keyval.ts";
import type { Tool } from "./toolchain.ts";

export type ImageFormat = "raw" | "qcow2";

export interface ImageFile {
  readonly path: string;
  readonly format: ImageFormat;
}

/** A range of what the guest would see. */
export interface Slice {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** qemu-img with every format stated: nothing is probed, so nothing that a guest wrote chooses how it is read. */
export class QemuImg {
  readonly #tool: Tool;

  constructor(tool: Tool) {
    this.#tool = tool;
  }

  /** A qcow2 file at `path` over `base`, as large as the base or `sizeBytes`. The base is opened, never written. */
  async createOverlay(base: ImageFile, path: string, sizeBytes?: number): Promise<void> {
    await this.#run([
      ...["create", "-q", "-f", "qcow2", "-F", base.format, "-b", base.path, path],
      ...(sizeBytes === undefined ? [] : [String(sizeBytes)]),
    ]);
  }

  /** Makes a qcow2 file at `path` of what `top`, with the layers below it or a raw file by itself, has over `base`. */
  async copyOver(base: ImageFile, top: ImageFile, path: string): Promise<void> {
    if (top.format === "raw") await this.createOverlay(top, path);
    else copyFileSync(top.path, path, constants.COPYFILE_FICLONE);
    // Not `convert -B`, which takes what the top layer has and leaves out those between.
    await this.#run(["rebase", "-q", "-f", "qcow2", "-F", base.format, "-b", base.path, path]);
  }

  /** An empty file of that many bytes: raw (sparse) unless said otherwise. */
  async createBlank(path: string, sizeBytes: number, format: ImageFormat = "raw"): Promise<void> {
    await this.#run(["create", "-q", "-f", format, path, String(sizeBytes)]);
  }

  /** What the header says; no backing file is opened. Works on a file that a running QEMU holds. */
  async info(image: ImageFile): Promise<ImageInfo> {
    const args = ["info", "-U", "--output=json", "-f", image.format, image.path];
    return parseImageInfo(image.path, await this.#run(args, { timeoutMs: 60_000 }));
  }

  /** @throws {ImageError} IMAGE_UNUSABLE when the metadata is damaged or leaks; raw files have none to check. */
  async check(image: ImageFile): Promise<void> {
    if (image.format === "raw") return;
    await this.#run(["check", "-q", "-f", image.format, image.path]).catch((cause: unknown) => {
      if (!(cause instanceof BootwrightError) || cause.code !== "COMMAND_FAILED") throw cause;
      throw new ImageError("IMAGE_UNUSABLE", `The qcow2 metadata of ${image.path} is damaged`, {
        hint: "Build or fetch the image again",
        cause,
      });
    });
  }

  /** Whether both have the same content; the longer one may go on in zeroes. */
  async isSame(left: ImageFile, right: ImageFile): Promise<boolean> {
    const args = ["compare", "-q", "-f", left.format, "-F", right.format, left.path, right.path];
    return await this.#run(args).then(
      () => true,
      (error: unknown) => {
        // Exit code 1 means "differ"; anything else is a fault (qemu-img(1), "compare").
        if (error instanceof Error && error.message.includes("ended with exit code 1:"))
          return false;
        throw error;
      },
    );
  }

  /** Copies `lengthBytes` of what the guest would see from `offsetBytes` on into a new raw file at `path`. */
  async extractSlice(image: ImageFile, slice: Slice, path: string): Promise<void> {
    await this.#run(extractSliceArgs(image, slice, path));
  }

  /** Copies all that the guest would see into a new sparse raw file at `path`; backing files are opened. */
  async convertToRaw(image: ImageFile, path: string): Promise<void> {
    await this.#run(["convert", "-q", "-U", "-f", image.format, "-O", "raw", image.path, path]);
  }

  /** Copies all that the guest would see into a new qcow2 file at `path` without a backing file. */
  async flatten(image: ImageFile, path: string): Promise<void> {
    await this.#run(["convert", "-q", "-U", "-f", image.format, "-O", "qcow2", image.path, path]);
  }

  async #run(args: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { file, prefixArgs, env } = this.#tool;
    const { stdout } = await exec(file, [...prefixArgs, ...args], { ...options, env });
    return stdout;
  }
}

/** What `extractSlice` runs. */
export const extractSliceArgs = (
  image: ImageFile,
  slice: Slice,
  path: string,
): readonly string[] => [
  ...["convert", "-q", "-U", "--image-opts", sliceOptions(image, slice), "-O", "raw", path],
];

/** Puts a raw file in the place of as many bytes of `image`, from `offsetBytes` on. */
export const replaceSliceArgs = (
  path: string,
  image: ImageFile,
  slice: Slice,
): readonly string[] => [
  ...["convert", "-q", "-n", "-f", "raw", path],
  ...["--target-image-opts", sliceOptions(image, slice)],
];

const sliceOptions = (image: ImageFile, slice: Slice): string =>
  keyval(
    undefined,
    ["driver", "raw"],
    ["offset", slice.offsetBytes],
    ["size", slice.lengthBytes],
    ["file.driver", image.format],
    ["file.file.driver", "file"],
    ["file.file.filename", image.path],
  );
