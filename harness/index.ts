// The public face for suite authors, and the only file that re-exports: `import { test, expect } from "bootwright"`.
export { expect } from "vitest";
export { parseYaml } from "../images/yaml.ts";
export type { AgentClient } from "./agent/agent-client.ts";
export type { ServiceFacts } from "./agent/answers.ts";
export { agentCodeOf, errnoOf } from "./agent/errno-of.ts";
export type { ExecResult } from "./agent/exec-in-guest.ts";
export type { HttpAnswer, HttpOutcome } from "./agent/http-in-guest.ts";
export { askRuntime } from "./agent/runtime-probe.ts";
export { virtioDisks } from "./agent/virtio-disks.ts";
export type { Budget } from "./budget/budget-file/budget-file.ts";
export { budgetsFor } from "./budget/budget-file/budgets-for.ts";
export { judgeCounted, spreadOf, spreadText } from "./budget/judge-measured.ts";
export { judgePhase, type PhaseJudgement } from "./budget/judge-phase.ts";
export type { Measured } from "./budget/measured.ts";
export { unseenAfter } from "./budget/unseen-after.ts";
export type { ControlPlane } from "./control-plane/control-plane.ts";
export { hostClock } from "./core/clock.ts";
export { type Deadline, deadlineAfter, withDeadline } from "./core/deadline.ts";
export { errorCodeOf } from "./core/errors.ts";
export { matchesGlob } from "./core/matches-glob.ts";
export { printable } from "./core/printable.ts";
export { sideBySide } from "./core/side-by-side.ts";
export { agentOf } from "./fixtures/agent-of.ts";
export { fail, inconclusive, skip, unsupported } from "./fixtures/outcome.ts";
export type { CheckOptions, CheckTools } from "./fixtures/register-check.ts";
export { isSelected } from "./fixtures/register-check.ts";
export type { Measuring, NodeTests } from "./fixtures/run-context.ts";
export { defineStreamedTrial, testStreamEnd, testStreamed } from "./fixtures/streamed-trial.ts";
export {
  type BootedContext,
  conformance,
  level,
  manifest,
  measuring,
  profile,
  releases,
  type StoppedContext,
  test,
  testStopped,
} from "./fixtures/test.ts";
export { type ImageContext, testImage } from "./fixtures/test-image.ts";
export { defineTrial, testTrial } from "./fixtures/trial.ts";
export { type RecordedWrites, recordedDisk } from "./fixtures/trial-power-cuts.ts";
export type { Trial, TrialTools, TriedBoot } from "./fixtures/trial-tools.ts";
export { writeMark } from "./fixtures/write-mark.ts";
export { buildIdOfNotes } from "./inspect/elf/build-id.ts";
export type { ImageFacts } from "./inspect/image-facts.ts";
export { kernelBuildId } from "./inspect/kernel-build-id.ts";
export { parseOsRelease } from "./inspect/os-release.ts";
export type { TreeDigests } from "./inspect/tree-digests.ts";
export { unseenParts } from "./inspect/unseen-parts.ts";
export type {
  BootedMachine,
  BootingMachine,
  ConsoleComplaint,
  StoppedMachine,
} from "./machine/booted-machine.ts";
export { hasSecureBoot } from "./machine/has-secure-boot.ts";
export { type DiskContents, guestMac, type NetworkPlan } from "./machine/machine-plan.ts";
export type { MachineVariant } from "./machine/machine-variant.ts";
export { rootPartitionDigests } from "./machine/root-partition-digests.ts";
export { type RegisterLog, readTpmLog } from "./machine/tpm-log.ts";
export type { Oracle } from "./power-cut/oracle.ts";
export { type KeptFiles, keptFilesOracle } from "./power-cut/oracles/kept-files.ts";
export {
  markOffsetOf,
  type PowerCuts,
  powerCutLevels,
} from "./power-cut/power-cuts.ts";
export { releaseOracle, settledOracle } from "./power-cut/release-oracle.ts";

export { toCheckId } from "./results/check-id.ts";
export type { TimelineRecord } from "./results/timeline-record.ts";
export { type DamagedRelease, damagedRelease } from "./update/damaged-release.ts";
export type {
  BootEntry,
  NextDisks,
  Release,
  UpdateDriver,
  UpdaterRun,
} from "./update/driver.ts";
export {
  type DataDisk,
  readDataDisk,
  readSystemDisk,
  type SystemDisk,
} from "./update/node-disks.ts";
export { payloadDisk } from "./update/payload-mount.ts";
export { updateDriver } from "./update/update-driver.ts";
export type { BootFailure } from "./verdict/boot-failure.ts";
