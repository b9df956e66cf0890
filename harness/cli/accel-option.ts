import { Option } from "commander";

export const accelOption = (): Option =>
  new Option(
    "--accel <accel>",
    "what runs the guest: auto takes KVM where a probe guest boots in it",
  )
    .choices(["auto", "kvm", "tcg"])
    .default("auto");
