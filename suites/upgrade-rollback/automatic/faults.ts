/** What is wrong with a release that must not stay. */
export interface Fault {
  /** The release is `v2-NAME`. */
  readonly name: string;
  /** What the check says passes. */
  readonly title: string;
  /** Tried at level quick too. */
  readonly isQuick?: true;
}

export const faults: readonly Fault[] = [
  {
    name: "panics",
    title: "A release whose kernel panics is given up after its tries, and stays given up",
    isQuick: true,
  },
  {
    name: "bad-verity",
    title: "A release that dm-verity finds altered is given up after its tries, and stays given up",
  },
  {
    name: "empty-root",
    title: "A release whose root partition holds nothing is given up, and stays given up",
  },
  {
    name: "no-init",
    title: "A release without an init is given up after its tries, and stays given up",
  },
  {
    name: "hangs",
    title: "A release that never becomes ready is given up after its tries, and stays given up",
  },
  {
    name: "ill-kubelet",
    title: "A release whose kubelet never becomes healthy is given up, and stays given up",
  },
];
