/** Whether `text` fits a pattern in which `*` stands for any text, none included; every other character stands for itself. */
export const matchesGlob = (glob: string, text: string): boolean => {
  const parts = glob.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
};
