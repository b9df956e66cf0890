import { z } from "zod";
import { type AgentClient, fail, parseYaml } from "../../harness/index.ts";

/** A KubeletConfiguration: what of it matters is for those who change it. */
export type KubeletConfig = Readonly<Record<string, unknown>>;

const configSchema = z.record(z.string(), z.unknown());

/**
 * What the file that `--config` names says, with those of the directory that `--config-dir` names on top of it; the check
 * fails where one of them cannot be read.
 */
export const readConfig = async (
  agent: AgentClient,
  path: string | undefined,
  directory: string | undefined,
): Promise<KubeletConfig> => {
  const paths = path === undefined ? [] : [path];
  if (directory !== undefined) paths.push(...(await dropInsIn(agent, directory)));
  const read = paths.map(async (one) => await readFile(agent, one));
  return mergedConfig(await Promise.all(read));
};

/** In the order in which a kubelet walks through them (mergeKubeletConfigurations in cmd/kubelet/app/server.go). */
const dropInsIn = async (agent: AgentClient, directory: string): Promise<readonly string[]> => {
  const paths: string[] = [];
  try {
    await agent.walk(
      directory,
      ({ path, type }) => {
        if (type !== "directory" && path.endsWith(".conf")) paths.push(path);
      },
      { maxEntries: 1000 },
    );
  } catch (error) {
    return fail(`The kubelet's directory ${directory} cannot be read: ${textOf(error)}`);
  }
  return paths.toSorted((a, b) => (a.replaceAll("/", "\0") < b.replaceAll("/", "\0") ? -1 : 1));
};

const readFile = async (agent: AgentClient, path: string): Promise<KubeletConfig> => {
  try {
    return parseYaml(String(await agent.readFile(path)), configSchema, path);
  } catch (error) {
    return fail(`The kubelet's configuration ${path} cannot be read: ${textOf(error)}`);
  }
};

/** Each on top of the ones before it, as a kubelet does it: by RFC 7396, in which null takes away. */
export const mergedConfig = (configs: readonly KubeletConfig[]): KubeletConfig =>
  configs.reduce<KubeletConfig>(patched, {});

const patched = (target: KubeletConfig, patch: KubeletConfig): KubeletConfig => {
  const result = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    const old = result.get(name);
    if (value === null) result.delete(name);
    else result.set(name, isMap(value) ? patched(isMap(old) ? old : {}, value) : value);
  }
  return Object.fromEntries(result);
};

const isMap = (value: unknown): value is KubeletConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
