import { type AgentClient, fail, profile } from "../../../harness/index.ts";

const kubelets = [profile().kubelet?.unit ?? "kubelet.service"];

/**
 * critest wants the runtime for itself: a kubelet ends every pod that it does not know. One whose start is still to come must
 * not start either, so a condition that never holds keeps it from that.
 */
export const stopKubelets = async (agent: AgentClient): Promise<void> => {
  for (const other of kubelets) {
    await agent.makeDirectory(`/run/systemd/system/${other}.d`);
    await agent.writeFile(
      `/run/systemd/system/${other}.d/zz-bootwright.conf`,
      "[Unit]\nConditionPathExists=!/run\n",
    );
  }
  await agent.reloadUnits();
  for (const other of kubelets) {
    const { loadState } = await agent.unit(other);
    if (loadState !== "loaded") continue;
    const result = await agent.controlUnit(other, "stop");
    if (result !== "done") fail(`${other} does not stop: ${result}`);
  }
};
