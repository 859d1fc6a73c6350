import { readConfig } from '../config/read-config.ts';
import { createContext } from '../context.ts';
import { endInOrder } from '../process.ts';
import { createApp } from './app.ts';
import { whyNotWithoutKeys } from './open-access.ts';
import { listen } from './server.ts';
import { settingsOf } from './settings.ts';

const config = readConfig();
const refusal = await whyNotWithoutKeys(config);
if (refusal !== null) {
  process.stderr.write(`${refusal}\n`);
  process.exit(1);
}

const context = createContext(config, 'api');
const { logger, events, pool, relay, temporal, metrics } = context;
let draining = false;
const app = createApp({
  pool,
  relay,
  temporal,
  events,
  logger,
  metrics,
  settings: settingsOf(config),
  isDraining: () => draining,
});

logger.warn({ event: 'openAccess' }, 'no API key is configured: everybody on this machine may do everything');
relay.start();
const server = await listen(app, config.http, (status, traceId) =>
  events.requestServed({ method: 'none', route: 'none', status, durationMs: 0, traceId }),
);
endInOrder({
  logger,
  graceMs: config.shutdownGraceMs,
  async stop() {
    draining = true;
    await server.stop(config.shutdownGraceMs);
    await context.close();
  },
});
logger.info({ event: 'listening', url: server.url }, `listening on ${server.url}`);
