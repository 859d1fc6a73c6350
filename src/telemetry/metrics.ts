import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Bucket bounds in milliseconds; Prometheus is told seconds. */
export const buckets = {
  /** A request or a statement of our own. */
  requestMs: [1, 2, 4, 8, 15, 30, 60, 125, 250, 500, 1_000, 2_500, 5_000, 10_000],
  /** A call to a provider, an activity, a delivery: from a few milliseconds to a time-out. */
  callMs: [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000],
  /** Something that waits for the world: an order's life, an entry in the outbox. */
  waitMs: [
    10, 50, 100, 500, 1_000, 5_000, 15_000, 60_000, 300_000, 1_800_000, 21_600_000, 86_400_000, 604_800_000,
  ],
} as const satisfies Record<string, readonly number[]>;

type Collector = () => void | Promise<void>;

export type Metrics = ReturnType<typeof createMetrics>;

/** Every metric of the service, in a registry of its own. What is counted is said by events.ts, what is held by the gauges. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    bucketsMs: readonly number[],
    labelNames: readonly L[],
  ) =>
    inSeconds(
      new Histogram({ name, help, labelNames, registers, buckets: bucketsMs.map((ms) => ms / 1_000) }),
    );

  const collectors: Collector[] = [];
  const others: (() => Promise<string>)[] = [];
  return {
    registry,
    /** Registers what is to be looked up whenever the metrics are asked for. */
    beforeCollect(collector: Collector): void {
      collectors.push(collector);
    },
    /** Registers metrics kept elsewhere, already in Prometheus' text format. */
    alsoShow(other: () => Promise<string>): void {
      others.push(other);
    },
    /** All metrics as Prometheus reads them. What cannot be looked up keeps its last value, or is left out. */
    async collect(): Promise<string> {
      await Promise.allSettled(collectors.map(async (collector) => collector()));
      const texts = await Promise.allSettled([registry.metrics(), ...others.map((other) => other())]);
      return texts.map((text) => (text.status === 'fulfilled' ? text.value.trimEnd() + '\n' : '')).join('');
    },
    httpRequests: histogram(
      'http_request_duration_seconds',
      'Requests served, without the time in which they waited (`Prefer: wait`, streams).',
      buckets.requestMs,
      ['method', 'route', 'status'],
    ),
    eventStreams: gauge('http_event_streams', 'Streams of events that are open.'),
    waitingRequests: gauge('http_waiting_requests', 'Requests that wait for what becomes of their order.'),
    ordersAccepted: counter('orders_accepted_total', 'Orders accepted.', []),
    ordersStarted: histogram(
      'order_start_delay_seconds',
      "From an order's acceptance to the start of its workflow.",
      buckets.waitMs,
      [],
    ),
    ordersEnded: histogram(
      'order_duration_seconds',
      "From an order's acceptance to its end.",
      buckets.waitMs,
      ['status', 'failure_type'],
    ),
    ordersNeedingAttention: counter('orders_attention_total', 'Orders that came to wait for an operator.', [
      'step',
    ]),
    steps: counter('order_steps_total', 'Steps of orders that landed or were undone.', ['step', 'outcome']),
    activityAttempts: histogram(
      'activity_attempt_duration_seconds',
      'Attempts of activities.',
      buckets.callMs,
      ['activity', 'outcome'],
    ),
    activityFailures: counter('activity_failures_total', 'Attempts of activities that failed.', [
      'activity',
      'failure_type',
    ]),
    notices: counter('notices_total', 'Mails to customers.', ['kind', 'outcome']),
    scheduleTicks: counter('schedule_ticks_total', 'Ticks of schedules, and what came of them.', [
      'schedule',
      'outcome',
      'cause',
    ]),
    providerCalls: histogram('provider_call_duration_seconds', 'Calls to providers.', buckets.callMs, [
      'provider',
      'call',
      'outcome',
    ]),
    webhooks: counter('webhooks_received_total', 'Webhooks from providers.', ['provider', 'outcome']),
    webhookAttempts: histogram(
      'webhook_attempt_duration_seconds',
      'Attempts to send a webhook.',
      buckets.callMs,
      ['outcome'],
    ),
    webhookFates: counter('webhook_fates_total', 'What became of webhooks with an attempt.', ['fate']),
    webhooksPending: gauge('webhooks_pending', 'Webhooks not delivered yet, where something may be sent.'),
    webhooksLongestDue: gauge(
      'webhooks_longest_due_seconds',
      'How long the webhook that is longest due has been due.',
    ),
    outboxDelivered: histogram(
      'outbox_delivery_lag_seconds',
      "From an outbox entry's commit to its delivery.",
      buckets.waitMs,
      ['kind', 'path'],
    ),
    outboxFailures: counter('outbox_delivery_failures_total', 'Deliveries that failed and are put off.', [
      'kind',
      'failure_type',
    ]),
    outboxDepth: gauge('outbox_depth', 'Entries not delivered yet.'),
    outboxOldestAge: gauge('outbox_oldest_age_seconds', 'Age of the oldest entry not delivered yet.'),
    outboxPoisoned: gauge('outbox_poisoned', 'Entries that keep failing while others succeed.'),
    temporalUp: gauge('temporal_up', 'Whether the relay reaches Temporal: 1 or 0.'),
    poolConnections: gauge('database_pool_connections', 'Connections of the pool.', ['state']),
    poolWaiting: gauge('database_pool_waiting', 'Callers that wait for a connection.'),
    jobsAccepted: counter('jobs_accepted_total', 'Jobs accepted by the API.', ['type']),
    jobWaits: histogram(
      'job_wait_seconds',
      'From the moment at which a job was due to its being handed to Temporal.',
      buckets.waitMs,
      ['type'],
    ),
    jobAttemptsFailed: counter('job_attempts_failed_total', 'Attempts of jobs that failed.', [
      'type',
      'failure_type',
    ]),
    jobHandlersLeftBehind: counter(
      'job_handlers_left_behind_total',
      'Handlers that had to stop and did not: they work on beside the next attempt.',
      ['type'],
    ),
    jobsEnded: histogram(
      'job_duration_seconds',
      "From a job's first attempt to its end; no time for one that never began.",
      buckets.waitMs,
      ['type', 'status'],
    ),
    jobsOpen: gauge('jobs_open', 'Jobs that have not ended: scheduled, waiting or running.', [
      'type',
      'state',
    ]),
    jobsDead: gauge('jobs_dead', 'Dead jobs that nobody has started again.', ['type']),
    jobsOldestWait: gauge('jobs_oldest_wait_seconds', 'Since the oldest waiting job was due.', ['type']),
    jobTypesPaused: gauge('job_types_paused', 'Whether somebody has paused the type: 1 or 0.', ['type']),
    jobTypesUnknown: counter(
      'job_types_unknown_total',
      'Times that a worker was found not to know the type; then its jobs rest for a while.',
      ['type'],
    ),
    alerts: counter('operator_alerts_total', 'Alerts that operators were told of.', ['type']),
    reconcilerFindings: counter('reconciler_findings_total', 'What the reconciler found and did.', [
      'kind',
      'action',
    ]),
    reconcilerFailures: counter('reconciler_failures_total', 'Repairs of the reconciler that did not work.', [
      'kind',
      'failure_type',
    ]),
    reconcilerOpen: gauge('reconciler_findings_open', 'Findings that wait for a person.', ['kind']),
    reconcilerLastPass: gauge('reconciler_last_pass_timestamp_seconds', 'When a pass last ended, Unix time.'),
  };
}

/** A histogram that is told milliseconds and shows seconds. */
function inSeconds<L extends string>(histogram: Histogram<L>) {
  return {
    observeMs(labels: Partial<Record<L, string | number>>, durationMs: number): void {
      histogram.observe(labels, durationMs / 1_000);
    },
  };
}
