import type { Credential } from "./machine-spec.ts";
import { credentialString } from "./options/smbios.ts";
import type { Problem } from "./problem.ts";
import { duplicateProblems } from "./validate-duplicates.ts";

// The type 11 structure counts its strings in one byte (SMBIOS 3.7, 7.12).
const maxCredentials = 255;
// The whole SMBIOS table has a 16-bit length with the 2.x entry point that SeaBIOS guests get; 4 KiB are for the rest.
const maxTotalBytes = 60 * 1024;

/** What is wrong with the credentials, one by one and taken together. */
export const credentialProblems = (credentials: readonly Credential[]): readonly Problem[] => {
  const totalBytes = credentials.reduce(
    (sum, credential) => sum + credentialString(credential).length + 1,
    0,
  );
  return [
    ...credentials.flatMap(({ name }, index) => nameProblems(`credentials[${index}].name`, name)),
    ...duplicateProblems(
      credentials.map(({ name }) => name),
      (index) => `credentials[${index}].name`,
    ),
    ...(credentials.length > maxCredentials
      ? [
          {
            path: "credentials",
            message: `Expected at most ${maxCredentials}, saw ${credentials.length}`,
            remedy: "Put files on a disk instead",
          },
        ]
      : []),
    ...(totalBytes > maxTotalBytes
      ? [
          {
            path: "credentials",
            message: `Expected at most ${maxTotalBytes} bytes of SMBIOS strings, saw ${totalBytes}`,
            remedy: "Put large content on a read-only disk instead",
          },
        ]
      : []),
  ];
};

// systemd's credential_name_valid() asks for a file name and file-descriptor name; `@` and `~` occur in unit names.
const nameProblems = (at: string, name: string): readonly Problem[] =>
  /^[A-Za-z0-9._@~-]{1,255}$/.test(name) && name !== "." && name !== ".."
    ? []
    : [
        {
          path: at,
          message: `Expected 1 to 255 characters of a-z A-Z 0-9 . _ @ ~ -, saw ${JSON.stringify(name.slice(0, 100))}`,
          remedy: "Choose a name that systemd accepts as a credential",
        },
      ];
