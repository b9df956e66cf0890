import type { KnownProgram } from "../known-program.ts";

/** Claim C16. */
export const packageManagers: readonly KnownProgram[] = [
  {
    name: "dpkg",
    category: "package-manager",
    names: ["dpkg", "dpkg-deb", "dpkg-query"],
    texts: [
      "package management program version",
      "package archive backend version",
      "package management program query tool version",
    ],
  },
  {
    name: "apt",
    category: "package-manager",
    names: ["apt", "apt-get", "apt-cache", "aptitude"],
    libraries: ["libapt-pkg"],
  },
  {
    name: "rpm",
    category: "package-manager",
    names: ["rpm", "rpm2cpio"],
    libraries: ["librpm.", "librpmio."],
  },
  {
    name: "dnf",
    category: "package-manager",
    names: ["yum", "dnf*", "microdnf"],
    libraries: ["libdnf"],
  },
  {
    name: "rpm-ostree",
    category: "package-manager",
    names: ["rpm-ostree"],
    libraries: ["librpmostree"],
  },
  { name: "zypper", category: "package-manager", names: ["zypper"], libraries: ["libzypp"] },
  { name: "pacman", category: "package-manager", names: ["pacman"], libraries: ["libalpm"] },
  { name: "apk", category: "package-manager", names: ["apk"], libraries: ["libapk"] },
  {
    name: "other package manager",
    category: "package-manager",
    names: ["opkg", "snap", "flatpak", "nix", "guix", "pip*", "npm", "gem*"],
  },
];
