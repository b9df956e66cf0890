import type { ContainerImage } from "./container-image.ts";
import type { GoProgram } from "./go-program.ts";

/** What runs bootstrap and admin container on a node. */
export const hostContainers: GoProgram = {
  module: "host-containers",
  package: ".",
  name: "host-containers",
};

/** The image that user data runs in. */
export const bootstrapImage: ContainerImage = { name: "bootstrap" };

/** The image of the admin container. */
export const adminImage: ContainerImage = { name: "admin" };
