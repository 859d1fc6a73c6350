import type { Logger } from './telemetry/logger.ts';

export interface ProcessEnd {
  /** Ends the process in order, as a signal does, with this exit code. */
  end(reason: string, exitCode: number): void;
}

/** How much longer than the grace a process may take to close what it holds, its relay's last deliveries included. */
const defaultClosingMs = 8_000;

/**
 * Ends the process in order on SIGTERM or SIGINT: `stop` has `graceMs` to finish what is in flight and a little more to
 * close; then exit 0. A second signal, or time running out, ends it at once with 1. A failure nobody caught is logged and
 * ends it the same way with 1: its state is not to be trusted.
 */
export function endInOrder(options: {
  readonly logger: Logger;
  readonly graceMs: number;
  /** How much more `stop` may take to close what is open, in milliseconds. */
  readonly closingMs?: number;
  /** Stops taking work, finishes what is in flight within `graceMs`, closes what is open. */
  readonly stop: (reason: string) => Promise<void>;
}): ProcessEnd {
  const { logger, graceMs, closingMs = defaultClosingMs } = options;
  let ending = false;

  function leave(exitCode: number): void {
    logger.flush();
    process.exit(exitCode);
  }

  function end(reason: string, exitCode: number): void {
    if (ending) return;
    ending = true;
    logger.info({ event: 'stopping', reason, graceMs }, 'stopping');
    setTimeout(() => {
      logger.error({ event: 'stopTimedOut' }, 'not stopped in time');
      leave(1);
    }, graceMs + closingMs).unref();
    void stop(reason, exitCode);
  }

  async function stop(reason: string, exitCode: number): Promise<void> {
    try {
      await options.stop(reason);
      logger.info({ event: 'stopped' }, 'stopped');
      leave(exitCode);
    } catch (error) {
      logger.error({ event: 'stopFailed', err: error }, 'stopping failed');
      leave(1);
    }
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (ending) {
      logger.warn({ event: 'stopForced', reason: signal }, 'told twice, stopping at once');
      leave(1);
    }
    end(signal, 0);
  }

  function onDefect(error: unknown): void {
    logger.fatal({ event: 'defect', err: error }, 'a failure that nobody caught');
    end('defect', 1);
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('uncaughtException', onDefect);
  process.on('unhandledRejection', onDefect);
  return { end };
}
