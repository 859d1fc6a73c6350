import type { Pool } from 'pg';
import { note, type BegunAttempt, type Standing } from '../../db/jobs/attempts.ts';
import { maxProgressCharacters } from '../../domain/job.ts';
import { storable } from '../../domain/storable.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { keptJson } from './kept-json.ts';

/** From one note about progress to the next, in milliseconds; what comes in between is overtaken by what comes after it. */
export const noteEveryMs = 1_000;

/** What is said about an attempt under way, written down now and then. */
export interface Progress {
  /** A percentage that is no number (0/0) leaves the one before. */
  say(percent: number, message?: string): void;
  /** Resolves when it is durable. Throws what `keptJson` throws, or the failure of the database. */
  keep(checkpoint: unknown): Promise<void>;
  /** Writes the last word down, and takes no more. */
  close(): Promise<void>;
}

interface Word {
  readonly percent: number | null;
  readonly message: string | null;
}

/** `onStanding` hears how the attempt stands with its job, each time that something is written. */
export function createProgress(
  parts: { readonly pool: Pool; readonly logger: Logger },
  attempt: BegunAttempt,
  onStanding: (standing: Standing) => void,
): Progress {
  const { pool, logger } = parts;
  let word: Word | null = null;
  let timer: NodeJS.Timeout | undefined;
  let writtenAt = -Infinity;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  async function write(checkpoint: string | null): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const said = word;
    word = null;
    if (said === null && checkpoint === null) return;
    writtenAt = performance.now();
    const { percent, message } = said ?? { percent: null, message: null };
    onStanding(await note(pool, attempt, { percent, message, checkpoint }));
  }

  /** One after the other, so that none overtakes. */
  function next(checkpoint: string | null): Promise<void> {
    const written = writing.then(() => write(checkpoint));
    writing = written.catch(() => undefined);
    return written;
  }

  function writeUnwaited(): void {
    // What is said about progress is never worth failing for.
    next(null).catch((error: unknown) => logger.debug({ err: error }, 'progress was not written down'));
  }

  return {
    say(percent, message) {
      if (closed) return;
      word = { percent: between0And100(percent) ?? word?.percent ?? null, message: cut(message) };
      if (timer) return;
      const waitMs = Math.max(0, writtenAt + noteEveryMs - performance.now());
      timer = setTimeout(writeUnwaited, waitMs).unref();
    },
    async keep(checkpoint) {
      await next(keptJson('checkpoint', checkpoint ?? null));
    },
    async close() {
      closed = true;
      await next(null).catch(() => undefined);
    },
  };
}

function cut(message: string | undefined): string | null {
  return message === undefined ? null : storable(message, maxProgressCharacters);
}

function between0And100(percent: number): number | null {
  return Number.isNaN(percent) ? null : Math.min(100, Math.max(0, percent));
}
