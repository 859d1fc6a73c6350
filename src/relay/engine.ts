import { backoffMs } from '../domain/policies.ts';
import type { Events } from '../telemetry/events.ts';
import { describeFailure } from './failures.ts';
import { probeBackoff } from './limits.ts';

/** Whether Temporal can be reached: one circuit for all deliveries, so that a server that is down is not hammered. */
export interface Engine {
  readonly up: boolean;
  /** Looks for Temporal until it is there. */
  start(): void;
  /**
   * Asks once, after a failure that may be Temporal's own, for all that ask meanwhile. When the answer is no, the engine
   * is down until Temporal has been found again.
   */
  isStillUp(): Promise<boolean>;
  stop(): void;
}

export interface EngineParts {
  readonly server: string;
  readonly events: Pick<Events, 'temporalLost' | 'temporalReached'>;
  /** Makes Temporal ready for us; gives its version. Throws while it is not there. */
  readonly prepare: () => Promise<string | null>;
  /** Throws when Temporal does not answer. */
  readonly probe: () => Promise<void>;
  readonly onUp: () => void;
}

export function watchEngine({ server, events, prepare, probe, onUp }: EngineParts): Engine {
  let up = false;
  let stopped = false;
  let lostAt: number | null = null;
  let lastReason = '';
  let asking: Promise<boolean> | null = null;
  let timer: NodeJS.Timeout | undefined;

  function lost(error: unknown): void {
    up = false;
    lostAt ??= performance.now();
    const failure = describeFailure(error);
    // Said again only when the reason has changed: the words of one reason differ from try to try.
    if (failure.failureType !== lastReason) events.temporalLost(failure);
    lastReason = failure.failureType;
  }

  function found(version: string | null): void {
    events.temporalReached({ server, version, downMs: lostAt === null ? null : performance.now() - lostAt });
    up = true;
    lostAt = null;
    lastReason = '';
    onUp();
  }

  async function seek(attempt: number): Promise<void> {
    try {
      const version = await prepare();
      if (!stopped) found(version);
    } catch (error) {
      if (stopped) return;
      lost(error);
      timer = setTimeout(() => void seek(attempt + 1), backoffMs(probeBackoff, attempt, Math.random()));
    }
  }

  async function ask(): Promise<boolean> {
    try {
      await probe();
    } catch (error) {
      if (!up || stopped) return false;
      lost(error);
      void seek(1);
    }
    return up;
  }

  return {
    get up() {
      return up;
    },
    start() {
      void seek(1);
    },
    async isStillUp() {
      if (!up) return false;
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
