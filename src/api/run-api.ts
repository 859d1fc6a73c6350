import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { endInOrder } from '../process.ts';
import { warnOfUnknown } from '../telemetry/warn-of-unknown.ts';
import { createAccess } from './access/access.ts';
import { createApp } from './app.ts';
import { watchLive } from './live/live-gauges.ts';
import { createLive } from './live/live.ts';
import { hasKeys, whyNotWithoutKeys } from './access/open-access.ts';
import { listen } from './http/server.ts';
import { settingsOf } from './settings.ts';

/** Is an API with its relay and dispatchers from here on, to the end of the process. */
export async function runApi(context: Context): Promise<void> {
  const {
    config,
    logger,
    events,
    pool,
    relay,
    webhooks,
    jobs,
    jobTypes,
    scheduledTypes,
    files,
    documents,
    temporal,
    metrics,
  } = context;

  warnOfUnknown(config, logger);
  const refusal = await whyNotWithoutKeys(config);
  const keyed = await hasKeys(pool, logger);
  if (refusal !== null && keyed === false) {
    process.stderr.write(`${refusal}\n`);
    process.exit(1);
  }
  if (refusal === null && keyed !== true)
    logger.warn(
      { event: 'openAccess' },
      'no API key is configured: everybody on this machine may do everything, until the first key is made',
    );

  const { trustedProxies: _, ...limits } = config.access;
  const access = createAccess({ pool, logger }, { mayStandOpen: refusal === null, limits });
  const live = createLive({ pool, logger });
  watchLive(live, metrics);
  let draining = false;
  const app = createApp({
    pool,
    relay,
    webhooks,
    jobs,
    scheduledTypes,
    jobTypes,
    files,
    documents,
    temporal,
    events,
    logger,
    metrics,
    reaches: context.reaches,
    access,
    live,
    settings: settingsOf(config),
    isDraining: () => draining,
  });

  relay.start();
  webhooks.start();
  jobs.start();
  const server = await listen(app, config.http, (status, traceId) =>
    events.requestServed({ method: 'none', route: 'none', status, durationMs: 0, waitedMs: 0, traceId }),
  );
  endInOrder({
    logger,
    graceMs: config.shutdownGraceMs,
    async stop(reason) {
      draining = true;
      // After a defect nothing more is begun.
      const drainMs = reason === 'defect' ? 0 : config.shutdownDrainMs;
      await pause(drainMs);
      live.stop();
      await server.stop(config.shutdownGraceMs - drainMs);
      await access.close();
      await context.close();
    },
  });
  logger.info({ event: 'listening', url: server.url }, `listening on ${server.url}`);
}
