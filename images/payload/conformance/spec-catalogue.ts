import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ImageError } from "../../../harness/core/errors.ts";
import { exec } from "../../../harness/core/exec.ts";

/** One spec of a program, as ginkgo names it in its reports. */
export interface ConformanceSpec {
  /** The texts of all containers and of the spec, joined by spaces: what `--ginkgo.focus` and `--ginkgo.skip` are matched with. */
  readonly name: string;
  readonly containers: readonly string[];
  readonly text: string;
  readonly labels: readonly string[];
  /** Where it is written, as in `sigs.k8s.io/cri-tools@v1.36.0/pkg/validate/image.go:71`. */
  readonly location: string;
}

const textsSchema = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);

/** Of a ginkgo JSON report what says which specs there are. */
const reportSchema = z.tuple([
  z.object({
    SpecReports: z.array(
      z.object({
        ContainerHierarchyTexts: textsSchema,
        ContainerHierarchyLabels: z.array(textsSchema).nullish(),
        LeafNodeType: z.string(),
        LeafNodeText: z.string(),
        LeafNodeLabels: textsSchema,
        LeafNodeLocation: z.object({ FileName: z.string(), LineNumber: z.number() }),
        State: z.string(),
      }),
    ),
  }),
]);

/**
 * The specs that critest or Kubernetes' node tests have, by a dry run, for which no runtime is needed. Benchmarks are none; and
 * not in it are SELinux' specs, which critest only knows on a machine that has SELinux switched on.
 * @throws {ImageError} IMAGE_BUILD when the report says nothing, or names a spec twice.
 */
export const specsOf = async (
  programPath: string,
  workDir: string,
): Promise<readonly ConformanceSpec[]> => {
  const path = join(workDir, "dry-run.json");
  // Without a focus the node tests leave out what has a tag such as [Feature:StandaloneMode].
  const flags = ["dry-run", "no-color", "focus=.", `json-report=${path}`].map(
    (flag) => `--ginkgo.${flag}`,
  );
  await exec(programPath, flags, { cwd: workDir });
  return specsOfReport(JSON.parse(readFileSync(path, "utf8")));
};

/** As `specsOf`, of a report that is there. */
export const specsOfReport = (report: unknown): readonly ConformanceSpec[] => {
  const [suite] = reportSchema.parse(report);
  const found = suite.SpecReports.filter(
    ({ LeafNodeType, State, ContainerHierarchyTexts }) =>
      LeafNodeType === "It" &&
      State === "passed" &&
      !ContainerHierarchyTexts.some((text) => /\bSELinux\b/.test(text)),
  ).map((spec) => ({
    name: [...spec.ContainerHierarchyTexts, spec.LeafNodeText].join(" "),
    containers: spec.ContainerHierarchyTexts,
    text: spec.LeafNodeText,
    labels: [...(spec.ContainerHierarchyLabels ?? []).flat(), ...spec.LeafNodeLabels],
    location: `${spec.LeafNodeLocation.FileName}:${spec.LeafNodeLocation.LineNumber}`,
  }));
  // ginkgo shuffles them.
  const specs = found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  requireOnce(specs.map(({ name }) => name));
  return specs;
};

const requireOnce = (names: readonly string[]): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.length > 0 && twice === undefined) return;
  throw new ImageError(
    "IMAGE_BUILD",
    twice === undefined
      ? "A dry run should list specs, but lists none"
      : `A dry run should list each spec once, but lists ${JSON.stringify(twice)} twice`,
  );
};
