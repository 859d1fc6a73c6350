/** How many tasks of one kind a shard may take up a second; the default of 20 is what an order would wait for. */
const maxPollsPerSecond = 2_000;

/** The server's settings that matter here, by Temporal's names. */
export const dynamicConfig: Readonly<Record<string, boolean | number>> = {
  'history.transferProcessorMaxPollRPS': maxPollsPerSecond,
  'history.timerProcessorMaxPollRPS': maxPollsPerSecond,
  'history.visibilityProcessorMaxPollRPS': maxPollsPerSecond,
  'system.enableActivityEagerExecution': true,
};

/** What tests add. */
export const testDynamicConfig = { ...dynamicConfig, 'frontend.WorkflowTimeSkippingEnabled': true };
