import type { MaintenanceContext } from '../activities/index.ts';
import type { ActivityContext } from '../activities/context.ts';
import type { RunnerContext } from '../activities/jobs/runner.ts';
import type { WebhookContext } from '../activities/webhooks/context.ts';
import type { Context } from '../context.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createRuns } from '../temporal/runs.ts';
import { createSchedules } from '../temporal/schedules.ts';

/** What the workers of a process work with. */
export type WorkerParts = ActivityContext &
  MaintenanceContext &
  WebhookContext &
  RunnerContext & { readonly logger: Logger };

export function workerParts(context: Context): WorkerParts {
  const { config } = context;
  const { everyMs: _, ...limits } = config.reconciler;
  return {
    pool: context.pool,
    payments: context.payments,
    carriers: context.carriers,
    mailer: context.mailer,
    objects: context.files,
    documents: context.documents,
    images: context.images,
    batches: config.jobs.batches,
    identity: context.identity,
    events: context.events,
    logger: context.logger,
    shipFrom: config.shipFrom,
    mailDomain: config.mail.domain,
    providerTimeoutMs: config.stripe.timeoutMs,
    webhooks: config.webhooks,
    webhookClient: context.webhookClient,
    sealer: context.sealer,
    operators: { email: config.operators.email, webhook: context.operatorWebhook },
    runs: createRuns(context.temporal),
    jobTypes: context.jobTypes,
    scheduledTypes: context.scheduledTypes,
    schedules: createSchedules(context.temporal),
    limits,
    policy: config.policy,
    poisonedAfterAttempts: config.relay.alertAfterAttempts,
  };
}
