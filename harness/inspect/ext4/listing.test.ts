import { expect, test } from "vitest";
import { parseListings } from "./listing.ts";

const commands = ["ls -p <2>", "ls -p <11>"];
const parse = (text: string, complaints: readonly string[] = []) =>
  parseListings({ text, complaints }, commands, false);
const dots = (inode: number) => `/${inode}/040755/0/0/.//\n/2/040755/0/0/..//\n`;

test("a name may have line breaks and what looks like an echoed command", () => {
  const text = `debugfs: ls -p <2>\n${dots(2)}/12/100644/0/7/a\ndebugfs: ls -p <11>\n/5/\n\ndebugfs: ls -p <11>\n${dots(11)}\n`;
  const withTwo = text.replace("/5/\n", "/5/\n/13/104755/1/0/\xff\n/6/\n");
  expect(parse(withTwo)).toEqual([
    {
      entries: [
        {
          inode: 12,
          mode: 0o100644,
          uid: 0,
          gid: 7,
          name: "a\ndebugfs: ls -p <11>\n",
          sizeBytes: 5,
        },
        { inode: 13, mode: 0o104755, uid: 1, gid: 0, name: "\xff\n", sizeBytes: 6 },
      ],
      complaints: [],
    },
    { entries: [], complaints: [] },
  ]);
});

test.each([
  ["a name with a slash", `debugfs: ls -p <2>\n/12/100644/0/0/a/b/5/\n\ndebugfs: ls -p <11>\n\n`],
  ["an answer to another command", `debugfs: ls -p <2>\n\ndebugfs: ls -p <12>\n\n`],
  ["a missing answer", `debugfs: ls -p <2>\n\n`],
  ["text after the last answer", `debugfs: ls -p <2>\n\ndebugfs: ls -p <11>\n\nx\n`],
  ["an entry without a name", `debugfs: ls -p <2>\n/12/100644/0/0//5/\n\ndebugfs: ls -p <11>\n\n`],
])("%s is not guessed at", (_what, text) => {
  expect(parse(text)).toBeUndefined();
});

test("what debugfs complains of belongs to a directory only when it was asked alone", () => {
  const text = "debugfs: ls -p <2>\n\n";
  const output = { text, complaints: ["x: Inode checksum does not match inode"] };
  expect(parse(`${text}debugfs: ls -p <11>\n\n`, output.complaints)).toBeUndefined();
  expect(parseListings(output, ["ls -p <2>"], true)).toEqual([
    { entries: [], complaints: output.complaints },
  ]);
});
