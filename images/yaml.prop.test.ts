import fc from "fast-check";
import { expect, test } from "vitest";
import { errorCodeOf } from "../harness/core/errors.ts";
import { manifestSchema } from "./manifest-schema.ts";
import { mutantSchema } from "./mutant-schema.ts";
import { profileSchema } from "./profile/profile-schema.ts";
import { parseYaml } from "./yaml.ts";

const schemas = [manifestSchema, mutantSchema, profileSchema];

const onlyConfigErrors = (text: string): void => {
  for (const schema of schemas) {
    try {
      parseYaml<unknown>(text, schema, "any.yaml");
    } catch (error) {
      expect(errorCodeOf(error)).toBe("CONFIG_INVALID");
    }
  }
};

test("any text gives a value or a ConfigError", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), onlyConfigErrors));
});

test("any JSON value under the real keys gives a value or a ConfigError", () => {
  const keys = ["schema", "name", "source", "machine", "systemDisk", "recipe", "ready", "manifest"];
  const value = fc.dictionary(fc.constantFrom(...keys, "match", "claims"), fc.jsonValue());
  fc.assert(fc.property(value, (json) => onlyConfigErrors(JSON.stringify(json))));
});
