import { InternalError } from "../../harness/core/errors.ts";
import type { Ext4Edit } from "../builder/ext4-edit.ts";
import type { KernelLine } from "../builder/node-files.ts";

/** A line of kernel arguments that is in no file yet, for changes as a mutant makes them. */
export const kernelLine = (
  before: readonly string[],
): { readonly line: KernelLine; readonly after: () => readonly string[] } => {
  const start = "\noptions ";
  let text = `${start}${before.join(" ")} \n`;
  const noSuch = (): never => {
    throw new InternalError("A line of kernel arguments can only be read and written");
  };
  const files: Ext4Edit = {
    read: async () => text,
    readBytes: async () => Buffer.from(text),
    write: async (_path, content) => {
      text = String(content);
    },
    ...{ setMode: noSuch, setAttribute: noSuch, remove: noSuch, symlink: noSuch },
    ...{ list: noSuch, makeImmutable: noSuch },
  };
  return {
    line: { files, path: "kernel arguments", start },
    after: () => text.slice(start.length).trim().split(" "),
  };
};
