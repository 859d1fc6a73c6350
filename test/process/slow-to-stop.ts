import { setTimeout as pause } from 'node:timers/promises';
import { endInOrder } from '../../src/process.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

const { STOP_MS = '0', GRACE_MS, CLOSING_MS, DEFECT } = process.env;
const logger = createLogger({ level: 'info', format: 'json' }, { service: 'test' });

endInOrder({
  logger,
  graceMs: Number(GRACE_MS),
  ...(CLOSING_MS !== undefined && { closingMs: Number(CLOSING_MS) }),
  async stop() {
    if (STOP_MS === 'never') throw new Error('a lock that nobody gives back');
    await pause(Number(STOP_MS));
    logger.info({ event: 'closed' });
  },
});

const staysAlive = setInterval(() => undefined, 60_000);
logger.info({ event: 'running' });
if (DEFECT === 'throw') {
  staysAlive.refresh();
  setImmediate(() => {
    throw new Error('a defect');
  });
}
if (DEFECT === 'reject') void Promise.reject(new Error('a defect'));
