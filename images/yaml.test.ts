import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseYaml } from "./yaml.ts";

const schema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/, "expected lower-case letters"),
  memoryMiB: z.int().min(64),
  disks: z.array(z.strictObject({ serial: z.string() })).default([]),
});

const messageOf = (text: string): string => {
  try {
    parseYaml(text, schema, "image.yaml");
  } catch (error) {
    return (error as Error).message;
  }
  return "no problem";
};

describe("parseYaml", () => {
  test("gives the parsed value", () => {
    expect(parseYaml("name: probe\nmemoryMiB: 256\n", schema, "image.yaml")).toEqual({
      name: "probe",
      memoryMiB: 256,
      disks: [],
    });
  });

  test("lists every problem with its line and column", () => {
    const text = [
      "name: Probe",
      "memoryMb: 256",
      "disks:",
      "  - serial: 7",
      "    size: 1",
      "  - {}",
    ];
    expect(messageOf(text.join("\n"))).toMatchInlineSnapshot(`
      "File image.yaml has 6 problems:
      image.yaml:1:1: memoryMiB: is missing (expected number)
      image.yaml:1:7: name: expected lower-case letters
      image.yaml:2:1: memoryMb: unknown key
      image.yaml:4:13: disks[0].serial: Invalid input: expected string, received number
      image.yaml:5:5: disks[0].size: unknown key
      image.yaml:6:5: disks[1].serial: is missing (expected string)"
    `);
  });

  test.each([
    ["a syntax error", "name: [a\nmemoryMiB: 1"],
    ["a key that stands twice", "name: a\nmemoryMiB: 64\nname: b"],
    ["an alias", "name: &n a\nmemoryMiB: *n"],
    ["a second document", "name: a\nmemoryMiB: 64\n---\nname: b"],
    ["an unknown tag", "name: !secret a\nmemoryMiB: 64"],
    ["a key that is a map", "{a: 1}: b"],
    ["an empty file", ""],
    ["a list instead of a map", "- a"],
    ["control characters in a key", '"a\\e[2J": 1\nname: a\nmemoryMiB: 64'],
    ["__proto__ as a key", "__proto__: 1\nname: a\nmemoryMiB: 64"],
  ])("refuses %s", (_title, text) => {
    expect(messageOf(text)).toMatchSnapshot();
  });

  test.each([
    ["open brackets", "[".repeat(200_000)],
    ["closed brackets", "[".repeat(200_000) + "]".repeat(200_000)],
    ["maps", "{a: ".repeat(100_000)],
    ["lists on one line", "- ".repeat(100_000)],
    ["keys on one line", "? ".repeat(100_000)],
    ["indentation", Array.from({ length: 300 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
  ])("refuses deep nesting at once (%s)", (_title, text) => {
    expect(messageOf(text)).toBe(
      "File image.yaml has 1 problem:\nimage.yaml:1:1: nested more than 64 deep",
    );
  });

  test("refuses more than 1 MiB", () => {
    expect(messageOf(`name: ${"a".repeat(1024 * 1024)}`)).toBe(
      "File image.yaml has 1.0 MiB; at most 1.0 MiB are read",
    );
  });

  test("reads 1 MiB of distinct keys in linear time, and lists 100 problems", () => {
    const text = Array.from({ length: 80_000 }, (_, index) => `key${index}: 1`).join("\n");
    const lines = messageOf(text).split("\n");
    expect(lines.length).toBe(102);
    expect(lines.at(-1)).toBe("… and 79902 more");
    // Linear takes seconds on a busy host; quadratic would take hours.
  }, 120_000);
});
