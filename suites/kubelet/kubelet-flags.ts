/** The value of `--NAME=VALUE` or `--NAME VALUE`; of several the last one counts. */
export const flagOf = (given: readonly string[], name: string): string | undefined => {
  const index = given.findLastIndex((one) => isFlag(one, name));
  const found = given[index];
  return found === `--${name}` ? given[index + 1] : found?.slice(`--${name}=`.length);
};

/** These arguments with other values for some flags, which stand at the end then. */
export const withFlags = (
  given: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] => {
  const names = Object.keys(values);
  const isChanged = (one: string | undefined): boolean =>
    one !== undefined && names.some((name) => isFlag(one, name));
  const isValueOfChanged = (index: number): boolean =>
    names.some((name) => given[index - 1] === `--${name}`);
  return [
    ...given.filter((one, index) => !isChanged(one) && !isValueOfChanged(index)),
    ...Object.entries(values).map(([name, value]) => `--${name}=${value}`),
  ];
};

const isFlag = (one: string, name: string): boolean =>
  one === `--${name}` || one.startsWith(`--${name}=`);
