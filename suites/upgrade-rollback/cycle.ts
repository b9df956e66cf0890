// One trial a driver: four boots, v1 → v2 → v1 → v2, which all its checks share.
import {
  agentOf,
  type BootedMachine,
  type DiskContents,
  defineTrial,
  manifest,
  type NextDisks,
  payloadDisk,
  profile,
  type Release,
  readDataDisk,
  readSystemDisk,
  releases,
  type SystemDisk,
  type Trial,
  type TrialTools,
  type UpdateDriver,
  type UpdaterRun,
  unsupported,
  updateDriver,
} from "../../harness/index.ts";
import { type ActOutcome, attempt } from "./attempt.ts";
import {
  type Blamed,
  type CycleSeen,
  type DisksSeen,
  type NodeSeen,
  releaseAfter,
  type StepName,
  type StepSeen,
  stepNames,
} from "./cycle-seen.ts";
import { isChangingData } from "./data-paths.ts";
import { lookAtNode } from "./look-at-node.ts";
import { changeLater, changeNode, type PromisedUpgrade } from "./node-changes.ts";

export type StatedDriver = PromisedUpgrade["drivers"][number];

/** The check ends here where the image has no second release. */
const twoReleases = (): CycleSeen["releases"] => {
  const all = releases();
  const [v1, v2] = ["v1", "v2"].map((name) => all.find((release) => release.name === name));
  if (v1 === undefined || v2 === undefined)
    return unsupported(
      "The image has no second release: its manifest names none under `releases`, and images/releases has none of it",
    );
  return { v1, v2 };
};

export const cycleOf = (stated: StatedDriver): Trial<CycleSeen> =>
  defineTrial(async (tools) => {
    const { upgrade } = profile();
    if (upgrade === undefined) return unsupported("The profile does not say how nodes are updated");
    const pair = twoReleases();
    if (stated.kind !== "replace-disk" && pair.v2.payload === undefined)
      return unsupported("Release v2 has no payload from which an updater could take it");
    return await new Cycle(stated, pair, upgrade, tools).run();
  });

/** Whether the release is right, and for the way back also whether there is one. */
const blamedFor = (name: StepName): readonly Blamed[] =>
  name === "back" ? ["version", "previous"] : ["version"];

const shippedBy = new Map<string, Promise<SystemDisk>>();

/** What a release ships; its disk is read once, whatever the number of drivers. */
const shipped = (release: Release): Promise<SystemDisk> => {
  const { disk, diskFormat = "raw" } = release;
  const known = shippedBy.get(disk) ?? readSystemDisk({ path: disk, format: diskFormat });
  shippedBy.set(disk, known);
  return known;
};

class Cycle {
  readonly #stated: StatedDriver;
  readonly #releases: CycleSeen["releases"];
  readonly #upgrade: PromisedUpgrade;
  readonly #tools: TrialTools;
  readonly #driver: UpdateDriver;
  readonly #runs: UpdaterRun[] = [];
  readonly #startedMs = performance.now();
  #contents: DiskContents = {};

  constructor(
    stated: StatedDriver,
    pair: CycleSeen["releases"],
    upgrade: PromisedUpgrade,
    tools: TrialTools,
  ) {
    this.#stated = stated;
    this.#releases = pair;
    this.#upgrade = upgrade;
    this.#tools = tools;
    this.#driver = updateDriver(stated, {
      updateCommands: manifest().updateCommands,
      slowness: tools.slowness,
      onRun: (run) => this.#runs.push(run),
    });
  }

  async run(): Promise<CycleSeen> {
    const { v1, v2 } = this.#releases;
    let machine = await this.#tools.boot(`${this.#stated.kind}-v1`, this.#variant());
    const node = await this.#look(machine);
    const changes = await changeNode(agentOf(machine), this.#upgrade);
    let act = await this.#update(machine, v2);
    const before = { node, disks: await this.#turnOff(machine, act) };
    const steps: (StepSeen & { readonly name: StepName })[] = [];
    let durationMs = performance.now() - this.#startedMs;
    for (const name of stepNames) {
      if (act.kind !== "done") {
        steps.push({ name, ...act, kind: "missing", consoleTail: [] });
        break;
      }
      const tried = await this.#tools.tryBoot(`${this.#stated.kind}-${name}`, this.#variant());
      if (tried.kind === "failed") {
        const { failure, consoleLines } = tried;
        const reason = `The machine did not come up: ${failure.kind}: ${failure.reason}`;
        const consoleTail = consoleLines.slice(-20);
        steps.push({ name, kind: "missing", blames: blamedFor(name), reason, consoleTail });
        break;
      }
      machine = tried.machine;
      const seen = await this.#look(machine);
      const wanted = this.#releases[releaseAfter[name]];
      if (seen.identity !== wanted.identity) {
        await this.#tools.powerOff(machine);
        const reason = `${seen.identity} runs instead of ${wanted.name} (${wanted.identity})`;
        steps.push({ name, kind: "missing", blames: blamedFor(name), reason, consoleTail: [] });
        break;
      }
      act = await this.#leave(name, machine, seen);
      steps.push({ name, kind: "seen", node: seen, disks: await this.#turnOff(machine, act) });
      if (name !== "again") durationMs = performance.now() - this.#startedMs;
    }
    return {
      releases: this.#releases,
      shipped: { v1: await shipped(v1), v2: await shipped(v2) },
      ...{ changes, before, steps, durationMs },
      runs: this.#runs,
    };
  }

  /** What is done on a node before it goes down for the next step. */
  async #leave(name: StepName, machine: BootedMachine, seen: NodeSeen): Promise<ActOutcome> {
    const { v1, v2 } = this.#releases;
    if (name === "again") return { kind: "done", next: {} };
    if (name === "back") return await this.#update(machine, v2);
    await changeLater(agentOf(machine));
    return await this.#goBack(machine, seen, v1);
  }

  #variant() {
    const { payload } = this.#releases.v2;
    const isSwapped = this.#stated.kind === "replace-disk";
    return {
      contents: this.#contents,
      ...(isSwapped ? {} : { isSystemWritable: true }),
      attached:
        isSwapped || payload === undefined
          ? []
          : [
              {
                serial: payloadDisk.serial,
                path: payload,
                format: "raw" as const,
                readOnly: true,
              },
            ],
    };
  }

  #look(machine: BootedMachine): Promise<NodeSeen> {
    return lookAtNode(machine, this.#driver, this.#tools.slowness);
  }

  #update(machine: BootedMachine, release: Release): Promise<ActOutcome> {
    const agent = agentOf(machine);
    return attempt(machine, "version", async () => {
      await this.#driver.stage(agent, release);
      return await this.#driver.activate(agent, release);
    });
  }

  async #goBack(
    machine: BootedMachine,
    { entries }: NodeSeen,
    previous: Release,
  ): Promise<ActOutcome> {
    const { name, identity } = previous;
    if (entries !== undefined && !entries.some((entry) => entry.identity === identity)) {
      const listed = entries.map((entry) => entry.identity).join(", ");
      const reason = `Nothing to go back to: of ${name} (${identity}) no deployment is listed, but ${listed}`;
      return { kind: "not-done", blames: ["previous"], reason };
    }
    return await attempt(machine, "previous", () =>
      this.#driver.rollBack(agentOf(machine), previous),
    );
  }

  /** Powers the machine off, keeps what the next one starts with, and reads the disks. */
  async #turnOff(machine: BootedMachine, act: ActOutcome): Promise<DisksSeen> {
    const held = await this.#tools.powerOff(machine);
    const inUse = held["system"] ?? this.#contents["system"];
    const next: NextDisks = act.kind === "done" ? act.next : {};
    this.#contents = { ...this.#contents, ...held, ...next };
    const { disk: path, diskFormat: format = "raw" } = this.#releases.v1;
    const system = await readSystemDisk(inUse ?? { path, format });
    const { dataDisk } = profile();
    const data = dataDisk === undefined ? undefined : held[dataDisk.serial];
    if (dataDisk === undefined || data === undefined) return { system };
    const isLeftOut = isChangingData(dataDisk.mountPoint, this.#upgrade.changingData);
    return { system, data: await readDataDisk(data, isLeftOut) };
  }
}
