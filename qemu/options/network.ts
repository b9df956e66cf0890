import type { Network } from "../machine-spec.ts";
import { relayCommand } from "../relay-command.ts";
import { keyval } from "./keyval.ts";

/** One virtio network card behind QEMU's own NAT, or none; every packet goes into the capture file. */
export const networkOptions = (network: Network): readonly string[] => {
  if (network === "none") return [];
  const { mac, forwardedPorts, guestForwards = [], capturePath } = network;
  return [
    "-netdev",
    keyval(
      "user",
      ["id", "net0"],
      // The guest reaches neither this host nor the world; forwarded ports still work (qemu-options.hx, "-netdev user").
      ["restrict", true],
      ["ipv6", false],
      // Port 0 of the host: the kernel gives a free one.
      ...forwardedPorts.map((port) => ["hostfwd", `tcp:127.0.0.1:0-:${port}`] as const),
      // Not `-tcp:`, which opens one connection for the machine's whole life: a second one of the guest would speak into it.
      ...guestForwards.map(
        ({ address, port, hostPort }) =>
          ["guestfwd", `tcp:${address}:${port}-cmd:${relayCommand(hostPort)}`] as const,
      ),
    ),
    // Without an option ROM, so that no firmware tries to boot from it.
    "-device",
    keyval("virtio-net-pci", ["netdev", "net0"], ["mac", mac], ["romfile", ""]),
    "-object",
    keyval(
      "filter-dump",
      ["id", "capture"],
      ["netdev", "net0"],
      ["file", capturePath],
      ["maxlen", 128],
    ),
  ];
};
