import { expect, test } from "vitest";
import { onlyMatch } from "./only-match.ts";

const root = {
  list: async (path: string): Promise<string[]> =>
    ({ "/usr/lib/modules": [".", "..", "6.12.1+x"], "/": [".", "..", "a.b", "aXb"] })[path] ?? [],
};

test("a star stands for the one name that is there", async () => {
  expect(await onlyMatch(root, "/usr/lib/modules/*/vmlinuz")).toBe(
    "/usr/lib/modules/6.12.1+x/vmlinuz",
  );
  expect(await onlyMatch(root, "/usr/lib/modules/6.*+x")).toBe("/usr/lib/modules/6.12.1+x");
  expect(await onlyMatch(root, "/no/star")).toBe("/no/star");
});

test("a star that fits none or several names is refused", async () => {
  await expect(onlyMatch(root, "/a*b/file")).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ImageError: /a*b should fit one name, but fits a.b, aXb]`,
  );
  await expect(onlyMatch(root, "/usr/lib/modules/5*")).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ImageError: /usr/lib/modules/5* should fit one name, but fits none]`,
  );
  await expect(onlyMatch(root, "/gone/*")).rejects.toThrowErrorMatchingInlineSnapshot(
    `[ImageError: /gone/* should fit one name, but fits none]`,
  );
});
