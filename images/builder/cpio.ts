/** One entry of an initramfs. */
export interface CpioEntry {
  readonly name: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

/**
 * An uncompressed "newc" archive as the kernel unpacks it
 * (https://docs.kernel.org/driver-api/early-userspace/buffer-format.html). All entries belong to root, times are 0.
 */
export const cpioArchive = (entries: readonly CpioEntry[]): Buffer =>
  Buffer.concat(
    [...entries, { name: "TRAILER!!!", mode: 0, data: new Uint8Array() }].flatMap(
      (entry, index) => {
        const name = Buffer.from(`${entry.name}\0`);
        const fields = [
          index + 1,
          entry.mode,
          0,
          0,
          1,
          0,
          entry.data.length,
          0,
          0,
          0,
          0,
          name.length,
          0,
        ];
        const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
        const head = Buffer.concat([Buffer.from(header), name]);
        return [padded(head), padded(entry.data)];
      },
    ),
  );

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
