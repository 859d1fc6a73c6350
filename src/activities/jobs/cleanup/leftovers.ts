/** What is kept for a limited time, and for how many days: at least, and unless said otherwise. */
export const leftovers = {
  idempotencyKeys: { what: 'Answers stored under an Idempotency-Key.', leastDays: 1, days: 2 },
  providerEvents: { what: 'Webhooks of providers that were taken.', leastDays: 7, days: 90 },
  attempts: { what: 'Failed attempts, as timelines show them.', leastDays: 1, days: 90 },
  deadJobs: { what: 'Jobs that are dead, with their inputs and attempts.', leastDays: 7, days: 365 },
  jobs: { what: 'Jobs that have ended otherwise, with their results and attempts.', leastDays: 1, days: 30 },
  webhooks: { what: 'Outgoing webhooks that were delivered or given up.', leastDays: 1, days: 30 },
  callbackDestinations: { what: 'Where callbacks went, once none of them is kept.', leastDays: 1, days: 30 },
  bulkOperations: { what: 'Bulk operations.', leastDays: 1, days: 90 },
  findings: { what: 'What the reconciler has found and what is settled.', leastDays: 1, days: 90 },
  alerts: { what: 'Alerts that operators were told of.', leastDays: 7, days: 365 },
  ticks: { what: 'What came of the ticks of schedules.', leastDays: 35, days: 400 },
} as const satisfies Record<string, { what: string; leastDays: number; days: number }>;

export type Leftover = keyof typeof leftovers;

export const leftoverNames = [
  'idempotencyKeys',
  'providerEvents',
  'attempts',
  'deadJobs',
  'jobs',
  'webhooks',
  'callbackDestinations',
  'bulkOperations',
  'findings',
  'alerts',
  'ticks',
] as const satisfies Leftover[];
