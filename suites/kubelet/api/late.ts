/** Something did not happen in time: the image's fault, unless its machine waited for the host. */
export class Late extends Error {}

export const late = (reason: string): never => {
  throw new Late(reason);
};
