/** A release of an image that is not built here; an item of the manifest's key `releases`. */
export interface ReleaseFile {
  /** `v1` is the image itself. */
  readonly name: string;
  /** IMAGE_VERSION in its os-release; absent where it has none. */
  readonly version?: string;
  /** What its updater calls it: the checksum of an OSTree commit, the root hash of dm-verity. */
  readonly identity: string;
  /** A whole disk with this release; absent for `v1` alone, which is on the image's. */
  readonly disk?: { readonly path: string; readonly format: "raw" | "qcow2" };
  /** A raw ext4 file system from which the updater takes the release; absent for `v1`. */
  readonly payload?: string;
  /** A file of the payload without which the release is not whole, from its root: copies with that file damaged must be refused. */
  readonly ownFile?: string;
}
