import type { Config } from '../config/config.ts';
import type { ApiSettings } from './api-context.ts';

/** The part of the configuration that the API goes by. */
export function settingsOf({
  buildId,
  http,
  access,
  maxOutboxDepth,
  temporal,
  policy,
  relay,
  files,
  shipFrom,
  webhooks,
  secrets,
}: Config): ApiSettings {
  return {
    buildId,
    temporalUiUrl: temporal.uiUrl,
    policy,
    outboxLeaseMs: relay.leaseMs,
    maxOutboxDepth,
    fileLinkLifetimeMs: files.linkLifetimeMs,
    fileSigningKey: Buffer.from(secrets.filesSigningKey.reveal()),
    seller: shipFrom,
    https: http.publicUrl?.startsWith('https:') ?? false,
    trustedProxies: access.trustedProxies,
    stripeWebhookSecret: secrets.stripeWebhookSecret.reveal(),
    easypostWebhookSecret: secrets.easypostWebhookSecret.reveal(),
    payloadKeys: secrets.payloadKeys.reveal(),
    webhookTargets: webhooks,
  };
}
