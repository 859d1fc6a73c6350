import type { Pool } from 'pg';
import type { JobType } from '../activities/jobs/job-type.ts';
import type { Access } from './access/access.ts';
import type { HealthReport } from './health.ts';
import type { KnownProducts } from './known-products.ts';
import type { PayloadKeys } from '../config/payload-keys.ts';
import type { Address } from '../domain/order.ts';
import type { OrderPolicy } from '../domain/policies.ts';
import type { ScheduledType } from '../domain/scheduled-type.ts';
import type { Sealer } from '../domain/sealing.ts';
import type { WebhookTargets } from '../domain/webhook-url.ts';
import type { Documents } from '../exports/documents.ts';
import type { JobDispatcher } from '../relay/jobs/dispatcher.ts';
import type { Relay } from '../relay/relay.ts';
import type { WebhookDispatcher } from '../relay/webhooks/dispatcher.ts';
import type { Events } from '../telemetry/events.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { FileStore } from '../storage/file-store.ts';
import type { Temporal } from '../temporal/connection.ts';
import type { Live } from './live/live.ts';

/** What the API works with. */
export interface ApiContext {
  readonly pool: Pool;
  readonly relay: Pick<Relay, 'deliverNow' | 'wake' | 'state'>;
  readonly webhooks: Pick<WebhookDispatcher, 'wake'>;
  readonly jobs: Pick<JobDispatcher, 'wake' | 'backlog'>;
  /** Every kind of jobs that this process knows. */
  readonly jobTypes: readonly JobType[];
  readonly files: Pick<FileStore, 'link' | 'locate' | 'put'>;
  readonly documents: Pick<Documents, 'writeInvoice'>;
  /** The types that schedules can make jobs of. */
  readonly scheduledTypes: readonly ScheduledType[];
  /** Keeps the secrets that sign webhooks. */
  readonly sealer: Sealer;
  readonly temporal: Pick<Temporal, 'client' | 'namespace' | 'withTimeout'>;
  readonly live: Live;
  readonly knownProducts: KnownProducts;
  readonly events: Events;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'collect'>;
  /** Whether those outside answer on whom orders depend, by their names; these never throw. */
  readonly reaches: Readonly<Record<string, () => Promise<boolean>>>;
  readonly access: Pick<Access, 'admit' | 'stay'>;
  readonly settings: ApiSettings;
  /** True from the moment on at which the process was told to end. */
  readonly isDraining: () => boolean;
  /** How the service is, looked up not long ago. */
  readonly health: () => Promise<HealthReport>;
  /** The OpenAPI document of this very API. */
  readonly document: () => Record<string, unknown>;
}

export interface ApiSettings {
  /** Which code runs; the document shows it. */
  readonly buildId: string;
  /** Where the Temporal Web UI is, without a slash at its end. */
  readonly temporalUiUrl: string;
  /** Pinned into every order that is accepted (law 12). */
  readonly policy: OrderPolicy;
  /** For how long an entry of the outbox is this process's own when it is born, in milliseconds. */
  readonly outboxLeaseMs: number;
  /** From this many entries of the outbox on no order is accepted. */
  readonly maxOutboxDepth: number;
  /** How long a link to a file can be used, in milliseconds. */
  readonly fileLinkLifetimeMs: number;
  /** Signs them. */
  readonly fileSigningKey: Buffer;
  /** Whom invoices are from. */
  readonly seller: Address;
  /** Whether clients reach the API over TLS. */
  readonly https: boolean;
  /** The addresses and networks of proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly stripeWebhookSecret: string;
  readonly easypostWebhookSecret: string;
  readonly payloadKeys: PayloadKeys;
  /** Where webhooks may go. */
  readonly webhookTargets: WebhookTargets;
}
