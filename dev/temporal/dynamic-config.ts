/** How many tasks of one kind a shard may take up a second; the default of 20 is what an order would wait for. */
const maxPollsPerSecond = 2_000;

/** The server's settings that matter here, by Temporal's names. */
export const dynamicConfig: Readonly<Record<string, boolean | number>> = {
  'history.transferProcessorMaxPollRPS': maxPollsPerSecond,
  'history.timerProcessorMaxPollRPS': maxPollsPerSecond,
  'history.visibilityProcessorMaxPollRPS': maxPollsPerSecond,
  'system.enableActivityEagerExecution': true,
  // A search attribute can be used as soon as it is registered, not up to a minute later.
  'system.forceSearchAttributesCacheRefreshOnRead': true,
};

/** What tests add. */
export const testDynamicConfig = { ...dynamicConfig, 'frontend.WorkflowTimeSkippingEnabled': true };
