import type { AgentNeeds } from "../../../images/schema.ts";
import { printable } from "../../core/printable.ts";
import type { IdentifiedDisk } from "../../inspect/identify-systems.ts";
import { isPartitionNamed } from "../../machine/find-partition.ts";

export interface SettledEtcLayer {
  readonly agent: AgentNeeds;
  /** Why nothing can be put into the writable layer of /etc, where it was to be found in the image and was not. */
  readonly problem?: string;
}

const maxTold = 4;

/** The ways for the agent, with the directory of the writable layer of /etc, which is looked for where the manifest says `detect`. */
export const settleEtcLayer = (agent: AgentNeeds, disk: IdentifiedDisk): SettledEtcLayer => {
  const { injection, etcLayer } = agent;
  if (etcLayer?.directory !== "detect" || etcLayer.on.kind === "disk") return { agent };
  const name = etcLayer.on.partition;
  const uppers = disk.partitions.flatMap((one) =>
    isPartitionNamed(one, name) ? one.overlayUppers : [],
  );
  const [directory, second] = uppers;
  if (directory !== undefined && second === undefined && isPlain(directory)) {
    return { agent: { injection, etcLayer: { ...etcLayer, directory } } };
  }
  const where = "label" in name ? `partition ${name.label}` : `partition ${name.number}`;
  const told = uppers.slice(0, maxTold).map((upper) => printable(upper, 100));
  const found = told.length === 0 ? "none" : told.join(", ");
  const problem = `in ${where} one upper directory of an overlay was looked for, and ${found} was found`;
  return { agent: { injection }, problem };
};

/** As in a manifest: debugfs is given the path as a word of a command. */
const isPlain = (path: string): boolean => /^\/[\w./@%+=:,-]+$/.test(path);
