import type { IdentifiedDisk, SystemIdentity } from "../../inspect/identify-systems.ts";

/** The roots that may be the image's: OSTree deployments where there are any, else all that were found. */
export const candidateRoots = ({ systems }: IdentifiedDisk): readonly SystemIdentity[] => {
  const deployments = systems.filter(({ isDeployment }) => isDeployment);
  return deployments.length > 0 ? deployments : systems;
};
