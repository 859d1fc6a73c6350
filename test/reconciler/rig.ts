import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { RegisteredJob } from '../../src/activities/jobs/job-handler.ts';
import { createContext, type Context } from '../../src/context.ts';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { ordersTaskQueue } from '../../src/workflows/order/messages.ts';
import { reconcileWorkflowType } from '../../src/workflows/reconcile/messages.ts';
import { watchOrders, type OrderWatch } from '../support/order-watch.ts';
import { startSagaRig, type SagaRig } from '../support/saga-rig.ts';
import { createShop, stockProduct, type Shop } from '../support/shop.ts';

/** A finding as it stands in the database. */
export interface FindingRow {
  readonly kind: string;
  readonly subject: string;
  readonly action: string;
  readonly facts: Record<string, unknown>;
  readonly open: boolean;
}

/** The saga rig with the maintenance worker beside it; passes are made when a test asks for one. */
export interface ReconcilerRig extends SagaRig {
  readonly shop: Shop;
  readonly watch: OrderWatch;
  /** The maintenance worker's own. */
  readonly context: Context;
  /** How often the maintenance worker went to the database, and to the providers. */
  asked(): Promise<{ database: number; providers: number }>;
  /** One pass; gives how many findings it had. */
  pass(): Promise<number>;
  findings(subject?: string): Promise<FindingRow[]>;
  imbalances(): Promise<unknown[]>;
  /** An order whose payment is captured and whose parcel waits for the carrier. */
  capturedOrder(): Promise<string>;
  /** An order that the bank has declined and that has ended. */
  failedOrder(): Promise<string>;
  /** An order that was cancelled after its charge, and that has ended. */
  cancelledOrder(): Promise<string>;
  terminate(orderId: string): Promise<void>;
  /** The carrier brings the order's parcel. */
  deliver(orderId: string): Promise<void>;
}

/** No waits: what is found is acted upon at once, and every look is due. */
const impatient = {
  RECONCILE_QUIET_MS: '0',
  RECONCILE_SILENCE_MS: '0',
  RECONCILE_REST_FACTOR: '0',
};

export async function startReconcilerRig(
  options: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly intercept?: ActivityInterceptorsFactory;
    /** Their workers and a dispatcher run too. */
    readonly jobs?: readonly RegisteredJob[];
  } = {},
): Promise<ReconcilerRig> {
  const { intercept, jobs = [] } = options;
  const types = jobs.length > 0 ? { jobTypes: jobs.map(({ type }) => type) } : {};
  const rig = await startSagaRig({
    variables: { ...impatient, ...options.variables },
    ...(intercept && { intercept }),
  });
  const context = createContext(rig.config, 'worker', types);
  let database = 0;
  context.pool.on('acquire', () => {
    database += 1;
  });
  const connection = await connectWorker(rig.config.temporal);
  const settings = workerSettings(context, connection);
  const queues = jobs.length > 0 ? (['maintenance', 'jobs'] as const) : (['maintenance'] as const);
  const workers = await createQueueWorkers(queues, workerParts(context), jobs, settings);
  const runs = workers.map((worker) => worker.run());
  const dispatching = createContext(rig.config, 'api', types);
  if (jobs.length > 0) {
    dispatching.relay.start();
    dispatching.jobs.start();
  }
  const shop = createShop(rig.url);
  const watch = watchOrders(rig.pool);

  async function capturedOrder(): Promise<string> {
    const orderId = await shop.place(await stockProduct(rig.pool));
    await watch.until(orderId, 'the charge', ({ paymentStatus }) => paymentStatus === 'captured');
    return orderId;
  }

  return {
    ...rig,
    shop,
    watch,
    context,
    async asked() {
      const [calls] = await context.metrics.registry
        .getMetricsAsJSON()
        .then((all) => all.filter(({ name }) => name === 'provider_call_duration_seconds'));
      const counts = calls?.values.filter(
        (value) => 'metricName' in value && String(value.metricName).endsWith('_count'),
      );
      return { database, providers: (counts ?? []).reduce((sum, { value }) => sum + value, 0) };
    },
    async pass() {
      const counts = await rig.temporal.client.workflow.execute<() => Promise<Record<string, number>>>(
        reconcileWorkflowType,
        { workflowId: `pass-${crypto.randomUUID()}`, taskQueue: ordersTaskQueue },
      );
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async findings(subject) {
      const { rows } = await rig.pool.query<FindingRow>(
        `select kind, subject, action, facts, closed_at is null as open from reconciler_findings
         where $1::text is null or subject = $1 or order_id::text = $1 order by id`,
        [subject ?? null],
      );
      return rows;
    },
    async imbalances() {
      return (await rig.pool.query('select * from imbalances')).rows;
    },
    capturedOrder,
    async failedOrder() {
      const orderId = await shop.place(await stockProduct(rig.pool), 'pm_card_chargeDeclined');
      await watch.until(orderId, 'its end', ({ status, owed }) => status === 'failed' && owed === 0);
      return orderId;
    },
    async cancelledOrder() {
      const orderId = await capturedOrder();
      await shop.cancel(orderId);
      await watch.until(orderId, 'its end', ({ status, owed }) => status === 'cancelled' && owed === 0);
      return orderId;
    },
    async terminate(orderId) {
      await rig.temporal.client.workflow.getHandle(orderWorkflowId(orderId)).terminate('by hand');
    },
    async deliver(orderId) {
      const { rows } = await rig.pool.query<{ code: string }>(
        'select tracking_code as code from shipments where order_id = $1',
        [orderId],
      );
      rig.sandboxes.easypost.carrier.advance(rows[0]?.code ?? '', 'delivered');
    },
    async close() {
      watch.stop();
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await connection.close();
      await Promise.all([context.close(), dispatching.close()]);
      await rig.close();
    },
  };
}
