import { closeSync, openSync } from "node:fs";

export type KvmDevice =
  | { readonly isOpenable: true }
  | { readonly isOpenable: false; readonly reason: string };

/** Whether /dev/kvm can be opened for use. That says nothing about guests running in it: see `chooseAccelerator`. */
export const openKvmDevice = (path = "/dev/kvm"): KvmDevice => {
  try {
    closeSync(openSync(path, "r+"));
    return { isOpenable: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      isOpenable: false,
      reason:
        code === "ENOENT"
          ? `${path} does not exist`
          : code === "EACCES"
            ? `${path} may not be opened by this user`
            : `${path} cannot be opened (${code ?? String(error)})`,
    };
  }
};
