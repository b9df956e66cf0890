import { socketChardev } from "./chardev.ts";
import { keyval } from "./keyval.ts";

export const qmpOptions = (socketPath: string): readonly string[] => [
  ...socketChardev("qmp", socketPath),
  ...["-mon", keyval(undefined, ["chardev", "qmp"], ["mode", "control"])],
];
