// One trial a driver: four boots, v1 → v2 → v1 → v2, which all its checks share.
import {
  agentOf,
  type BootedMachine,
  type DiskContents,
  defineTrial,
  type MachineVariant,
  type NextDisks,
  profile,
  type Release,
  readDataDisk,
  readSystemDisk,
  type SystemDisk,
  type Trial,
  type TrialTools,
  type UpdateDriver,
  type UpdaterRun,
  unsupported,
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
import { driverOf, type StatedDriver } from "./driver-of.ts";
import { lookAtNode } from "./look-at-node.ts";
import { changeLater, changeNode, type PromisedUpgrade } from "./node-changes.ts";
import { attachedPayload, type PayloadRelease } from "./payload.ts";
import { type OfferSeen, offer } from "./refused/offer.ts";
import { releaseNamed } from "./releases.ts";

export interface CycleOptions {
  /** Goes before the names of its boots. Default none. */
  readonly prefix?: string;
  /** The release that the node is updated to, and that `v2` stands for. Default `v2`. */
  readonly second?: string;
  /** Default all. */
  readonly steps?: readonly StepName[];
  /** A release that the node is told to update to while the second one runs, and that is older. Default none. */
  readonly older?: string;
}

export const cycleOf = (stated: StatedDriver, options: CycleOptions = {}): Trial<CycleSeen> =>
  defineTrial(async (tools) => {
    const { upgrade } = profile();
    if (upgrade === undefined) return unsupported("The profile does not say how nodes are updated");
    const second = releaseNamed(options.second ?? "v2");
    const pair = { v1: releaseNamed("v1"), v2: second };
    if (stated.kind !== "replace-disk" && second.payload === undefined)
      return unsupported(
        `Release ${second.name} has no payload from which an updater could take it`,
      );
    return await new Cycle(stated, { pair, upgrade, tools, options }).run();
  });

interface CycleParts {
  readonly pair: CycleSeen["releases"];
  readonly upgrade: PromisedUpgrade;
  readonly tools: TrialTools;
  readonly options: CycleOptions;
}

/** Beside that of the second release. */
const olderSerial = "older";

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
  readonly #options: CycleOptions;
  #contents: DiskContents = {};
  #older: OfferSeen | undefined;

  constructor(stated: StatedDriver, { pair, upgrade, tools, options }: CycleParts) {
    this.#stated = stated;
    this.#releases = pair;
    this.#upgrade = upgrade;
    this.#tools = tools;
    this.#options = options;
    this.#driver = driverOf(stated, tools, (run) => this.#runs.push(run));
  }

  async run(): Promise<CycleSeen> {
    const { v1, v2 } = this.#releases;
    let machine = await this.#tools.boot(this.#bootName("v1"), this.#variant());
    const node = await this.#look(machine);
    const changes = await changeNode(agentOf(machine), this.#upgrade);
    let act = await this.#update(machine, v2);
    const before = { node, disks: await this.#turnOff(machine, act) };
    const steps: (StepSeen & { readonly name: StepName })[] = [];
    let durationMs = performance.now() - this.#startedMs;
    const { steps: names = stepNames } = this.#options;
    for (const name of names) {
      if (act.kind !== "done") {
        steps.push({ name, ...act, kind: "missing", consoleTail: [] });
        break;
      }
      const tried = await this.#tools.tryBoot(this.#bootName(name), this.#variant());
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
      act =
        name === names.at(-1) ? { kind: "done", next: {} } : await this.#leave(name, machine, seen);
      steps.push({ name, kind: "seen", node: seen, disks: await this.#turnOff(machine, act) });
      if (name !== "again") durationMs = performance.now() - this.#startedMs;
    }
    return {
      releases: this.#releases,
      shipped: { v1: await shipped(v1), v2: await shipped(v2) },
      ...{ changes, before, steps, durationMs, older: this.#older },
      runs: this.#runs,
    };
  }

  /** What is done on a node before it goes down for the next step. */
  async #leave(name: StepName, machine: BootedMachine, seen: NodeSeen): Promise<ActOutcome> {
    const { v1, v2 } = this.#releases;
    if (name !== "v2") return await this.#update(machine, v2);
    await changeLater(agentOf(machine));
    if (this.#olderRelease !== undefined)
      this.#older = await offer(machine, this.#driver, this.#olderRelease);
    return await this.#goBack(machine, seen, v1);
  }

  #bootName(name: string): string {
    const { prefix } = this.#options;
    return `${this.#stated.kind}-${prefix === undefined ? "" : `${prefix}-`}${name}`;
  }

  /** Undefined where no updater could be told to take it. */
  get #olderRelease(): PayloadRelease | undefined {
    const { older } = this.#options;
    if (older === undefined || this.#stated.kind === "replace-disk") return undefined;
    const { payload, ...release } = releaseNamed(older);
    return payload === undefined ? undefined : { ...release, payload, payloadSerial: olderSerial };
  }

  #variant(): MachineVariant {
    const { v2 } = this.#releases;
    if (this.#stated.kind === "replace-disk") return { contents: this.#contents };
    const older = this.#olderRelease;
    return {
      contents: this.#contents,
      isSystemWritable: true,
      attached: [
        ...(v2.payload === undefined ? [] : [attachedPayload({ ...v2, payload: v2.payload })]),
        ...(older === undefined ? [] : [attachedPayload(older)]),
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
