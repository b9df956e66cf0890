import { expect, test } from "vitest";
import { preloadedImagesSchema } from "./preloaded-images.ts";

const problemsOf = (given: unknown): readonly string[] =>
  preloadedImagesSchema
    .safeParse(given)
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

test("no containers is the default", () => {
  expect(preloadedImagesSchema.parse({ refs: ["registry.invalid/a:1"] })).toEqual({
    refs: ["registry.invalid/a:1"],
    containers: [],
  });
});

test("all that is wrong is told at its place", () => {
  expect(problemsOf({ refs: [] })).toEqual(["refs: expected at least one image"]);
  expect(problemsOf({ refs: ["a/b:1"], containers: [{ name: "x", image: "a/c:1" }] })).toEqual([
    "containers.0.image: expected one of refs",
  ]);
  expect(
    problemsOf({ refs: ["a b", "a/b:1", "a/b:1"], containers: [{ name: "X", image: "a/b:1" }] }),
  ).toMatchInlineSnapshot(`
    [
      "refs.0: expected the name of a container image",
      "refs.2: a/b:1 stands here a second time",
      "containers.0.name: expected the name of a container",
    ]
  `);
});
