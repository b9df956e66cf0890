import { keyval } from "./keyval.ts";

export const memoryOptions = (memoryMiB: number): readonly string[] => [
  "-m",
  keyval(undefined, ["size", `${memoryMiB}M`]),
];
