import { type AgentClient, fail, profile } from "../../../harness/index.ts";

/**
 * critest wants the runtime for itself: a kubelet ends every pod that it does not know. One whose start is still to come must
 * not start either, so a condition that never holds keeps it from that.
 */
export const stopKubelet = async (agent: AgentClient): Promise<void> => {
  const unit = profile().kubelet?.unit ?? "kubelet.service";
  const dropIns = `/run/systemd/system/${unit}.d`;
  await agent.makeDirectory(dropIns);
  await agent.writeFile(`${dropIns}/zz-bootwright.conf`, "[Unit]\nConditionPathExists=!/run\n");
  await agent.reloadUnits();
  const { loadState } = await agent.unit(unit);
  if (loadState !== "loaded") return;
  const result = await agent.controlUnit(unit, "stop");
  if (result !== "done") fail(`${unit} does not stop: ${result}`);
};
