import { Option } from "commander";
import { injectionStrategies } from "../../images/schema.ts";

export const injectionOption = (): Option =>
  new Option(
    "--injection <strategy>",
    "how the agent gets in (default: the first way in the manifest that fits the image)",
  ).choices(injectionStrategies);
