import { SdkComponent, type Logger as SdkLogger, type LogLevel, type LogMetadata } from '@temporalio/common';
import type { Logger } from './logger.ts';
import { createSeldom } from './seldom.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Warnings about what is so on purpose. */
const expected = new Set(['No workflows registered, not polling for workflow tasks']);

/** While Temporal is away the SDK's core warns under this name of every try of every poller, several times a second. */
const retryTarget = 'temporalio_client::retry';
const retriesSaidEveryMs = 10_000;

/** The SDK's logger as a part of ours, with the ids under our names. */
export function forwardTemporalLogs(logger: Logger): SdkLogger {
  const seldom = createSeldom(retriesSaidEveryMs);
  const log = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const fields = fieldsOf(meta);
    if (meta['target'] === retryTarget) {
      const { pass, heldBack } = seldom(message);
      if (!pass) return;
      if (heldBack > 0) fields['heldBack'] = heldBack;
    }
    logger[isAttempt(meta) || expected.has(message) ? 'debug' : levels[level]](fields, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

/** How an attempt of an activity went is told by events.ts, at the level that its failure deserves. */
function isAttempt(meta: LogMetadata): boolean {
  return meta['sdkComponent'] === SdkComponent.worker && meta['activityId'] !== undefined;
}

function fieldsOf(meta: LogMetadata): Record<string, unknown> {
  const { activityType, error, timestampNanos: _when, ...rest } = meta;
  return {
    ...rest,
    ...(activityType !== undefined && { activity: activityType }),
    ...(error !== undefined && { err: error }),
  };
}
