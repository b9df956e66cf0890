// SPDX 2.3, https://spdx.github.io/spdx-spec/v2.3/; package URLs: purl-spec, types deb and rpm.
import { sha256OfText } from "../core/sha256.ts";
import type { ImageFacts, PackageFact } from "./image-facts.ts";

/**
 * A bill of materials of the packages in an image. The same facts give the same text.
 * @param sourceDateEpoch seconds since 1970, as in SOURCE_DATE_EPOCH; default: when the root file system was made.
 */
export const spdxDocument = (facts: ImageFacts, sourceDateEpoch: string | undefined): string => {
  const system = systemName(facts);
  const packages = facts.packages.state === "read" ? facts.packages.list : [];
  const rows = packages.map((one) => spdxPackage(one, facts));
  const digest = facts.image.sha256 ?? sha256OfText(JSON.stringify(rows));
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: system,
    documentNamespace: `https://spdx.org/spdxdocs/bootwright-${digest}`,
    creationInfo: { created: timeOf(facts, sourceDateEpoch), creators: ["Tool: bootwright"] },
    packages: [
      {
        SPDXID: "SPDXRef-image",
        name: system,
        downloadLocation: "NOASSERTION",
        filesAnalyzed: false,
        licenseConcluded: "NOASSERTION",
        licenseDeclared: "NOASSERTION",
        copyrightText: "NOASSERTION",
        primaryPackagePurpose: "OPERATING-SYSTEM",
        ...(facts.image.sha256 === undefined
          ? {}
          : { checksums: [{ algorithm: "SHA256", checksumValue: facts.image.sha256 }] }),
      },
      ...rows,
    ],
    relationships: [
      relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image"),
      ...rows.map(({ SPDXID }) => relationship("SPDXRef-image", "CONTAINS", SPDXID)),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
};

const relationship = (
  from: string,
  type: string,
  to: string,
): Readonly<Record<string, string>> => ({
  spdxElementId: from,
  relationshipType: type,
  relatedSpdxElement: to,
});

const spdxPackage = ({ name, version, architecture }: PackageFact, facts: ImageFacts) => ({
  // Letters, digits, dots and hyphens only; a package name may have a plus.
  SPDXID: `SPDXRef-${`${name}-${architecture}`.replaceAll(/[^A-Za-z0-9.-]/g, hexOfChar)}`,
  name,
  versionInfo: version,
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  licenseDeclared: "NOASSERTION",
  copyrightText: "NOASSERTION",
  externalRefs: [
    {
      referenceCategory: "PACKAGE-MANAGER",
      referenceType: "purl",
      referenceLocator: packageUrl(name, version, architecture, facts),
    },
  ],
});

const hexOfChar = (char: string): string => `.${char.charCodeAt(0).toString(16)}.`;

const packageUrl = (
  name: string,
  version: string,
  architecture: string,
  { root, packages }: ImageFacts,
): string => {
  const fields = root.state === "found" ? (root.osRelease?.fields ?? {}) : {};
  const codename = fields["VERSION_CODENAME"];
  const arch = `arch=${encodeURIComponent(architecture)}`;
  if (packages.state === "read" && packages.kind === "rpm") {
    const [, epoch, release = version] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
    const withEpoch = epoch === undefined ? arch : `${arch}&epoch=${epoch}`;
    const vendor = encodeURIComponent(fields["ID"] ?? "unknown");
    return `pkg:rpm/${vendor}/${encodeURIComponent(name)}@${encodeURIComponent(release)}?${withEpoch}`;
  }
  const vendor = /\b(?:ubuntu)\b/.test(`${fields["ID"]} ${fields["ID_LIKE"]}`)
    ? "ubuntu"
    : "debian";
  const qualifiers = [
    arch,
    ...(codename === undefined ? [] : [`distro=${encodeURIComponent(codename)}`]),
  ];
  return `pkg:deb/${vendor}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${qualifiers.join("&")}`;
};

const systemName = ({ root }: ImageFacts): string => {
  const fields = root.state === "found" ? (root.osRelease?.fields ?? {}) : {};
  return fields["PRETTY_NAME"] ?? fields["ID"] ?? "unknown system";
};

const timeOf = ({ root }: ImageFacts, sourceDateEpoch: string | undefined): string => {
  if (sourceDateEpoch !== undefined && /^\d{1,11}$/.test(sourceDateEpoch)) {
    return new Date(Number(sourceDateEpoch) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  }
  return root.state === "found" ? root.madeAt : "1970-01-01T00:00:00Z";
};
