import { openKvmDevice } from "../kvm-device.ts";
import type { PreflightCheck } from "./check.ts";

/** Only the device; an open device under which nothing boots is found by the accelerator probe. */
export const kvmCheck: PreflightCheck = {
  id: "kvm-device",
  title: "/dev/kvm",
  run: async () => {
    const kvm = openKvmDevice();
    return kvm.isOpenable
      ? { state: "ok", seen: "can be opened" }
      : {
          state: "warn",
          seen: kvm.reason,
          remedy: "Enable virtualisation and join group kvm; without it guests are emulated",
        };
  },
};
