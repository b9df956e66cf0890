import { expect, testImage, unsupported } from "../../harness/index.ts";

const mebibyte = 1024 * 1024;

testImage(
  "minimal-os/image-size",
  { claim: "C34", title: "The image's disk and its files are no larger than the profile allows" },
  ({ facts, file, profile, figure }) => {
    figure("file", file.fileBytes, "B");
    figure("disk", file.virtualBytes, "B");
    figure("files", facts.files.bytes, "B");
    figure("file-count", facts.files.files, "count");
    const { diskMiB, filesMiB } = profile.minimalOs?.limits ?? {};
    if (diskMiB === undefined && filesMiB === undefined) {
      return unsupported("The profile sets no limit");
    }
    if (diskMiB !== undefined) {
      expect(file.virtualBytes / mebibyte, "MiB of the disk").toBeLessThanOrEqual(diskMiB);
    }
    if (filesMiB !== undefined) {
      expect(facts.files.bytes / mebibyte, "MiB of files").toBeLessThanOrEqual(filesMiB);
    }
  },
);
