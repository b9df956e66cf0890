import { join } from "node:path";
import { z } from "zod";
import { type SpecSkip, specSkipSchema } from "./profile/critest.ts";
import { readYamlFile } from "./yaml.ts";

/** What stands in `images/critest-skips.yaml`: it holds for every image. */
export const commonSpecSkips = (): readonly SpecSkip[] =>
  readYamlFile(join(import.meta.dirname, "critest-skips.yaml"), z.array(specSkipSchema));
