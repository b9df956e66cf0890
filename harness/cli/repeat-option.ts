import { InvalidArgumentError, Option } from "commander";

const maxRepeat = 1000;

/** `--repeat BOOTS`, default 1. */
export const repeatOption = (description: string): Option =>
  new Option("--repeat <boots>", description).argParser(wholeBoots).default(1);

const wholeBoots = (text: string): number => {
  const boots = Number(text);
  if (/^[0-9]+$/.test(text) && boots >= 1 && boots <= maxRepeat) return boots;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${maxRepeat}.`);
};
