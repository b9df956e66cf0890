/** One `key=value` of a QEMU option; a bare string is the implied first key (`-device virtio-rng-pci,…`). */
export type KeyValue = readonly [key: string, value: string | number | boolean | undefined];

/**
 * Joins a QEMU option's parts. The only place that knows the quoting: a comma inside a value is doubled, booleans are
 * `on` and `off`, undefined leaves the key out (qemu-options.hx, "-drive": "if you need a comma … use two").
 */
export const keyval = (implied: string | undefined, ...pairs: readonly KeyValue[]): string => {
  const parts = implied === undefined ? [] : [doubled(implied)];
  for (const [key, value] of pairs) {
    if (value === undefined) continue;
    parts.push(`${key}=${typeof value === "boolean" ? onOff(value) : doubled(String(value))}`);
  }
  return parts.join(",");
};

const onOff = (value: boolean): "on" | "off" => (value ? "on" : "off");

const doubled = (text: string): string => text.replaceAll(",", ",,");
