import type { GoProgram } from "./go-program.ts";
import { kubelet } from "./kubelet.ts";

/** All programs that today's images are made with. */
export const payloadPrograms = (): readonly GoProgram[] => [kubelet()];
