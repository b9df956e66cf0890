import { expect, test } from "vitest";
import type { FileSystemFact, ImageFacts, PartitionFact } from "./image-facts.ts";
import { unseenParts } from "./unseen-parts.ts";

const partition = (
  index: number,
  kind: FileSystemFact["kind"],
  reason?: string,
  typeGuid = "",
): PartitionFact => ({
  index,
  label: "",
  typeGuid,
  startByte: 0,
  sizeBytes: 0,
  fileSystem: {
    kind,
    contents: reason === undefined ? { state: "read" } : { state: "unsupported", reason },
  },
});

test("partitions that may hold files and were not read are unseen, and so is every problem", () => {
  const partitions = [
    partition(1, "unknown", "nothing known", "21686148-6449-6E6F-744E-656564454649"),
    partition(2, "xfs", "not listed"),
    partition(3, "ext4"),
    partition(4, "swap", "not listed"),
    partition(5, "empty", "zeroes"),
    partition(6, "unknown", "nothing known"),
  ];
  const facts = {
    partitionTable: { scheme: "gpt", sectorBytes: 512, partitions },
    problems: [{ kind: "corrupt-directory", where: "/usr/bin", message: "it makes no sense" }],
  } as unknown as ImageFacts;
  expect(unseenParts(facts)).toEqual([
    "partition 2 (xfs): not listed",
    "partition 6 (unknown): nothing known",
    "/usr/bin: corrupt-directory: it makes no sense",
  ]);
});
