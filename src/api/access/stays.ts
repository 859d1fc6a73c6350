import type { Pool } from 'pg';
import { scopesOfSecrets } from '../../db/api-keys.ts';
import type { Scope } from '../../domain/api-key.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { keyFreshMs } from '../limits.ts';
import type { Door } from './door.ts';

/** Somebody who was let in, and whose answer goes on. */
export interface Stay {
  /** Of which a key needs one. */
  readonly scopes: readonly Scope[];
  /** Of the key's secret; undefined for whoever came through the open door. */
  readonly prefix: string | undefined;
  /** Called once, when a request like this one would be let in no more. */
  readonly onShutOut: () => void;
}

/** Looks whether those who stay would still be let in: all of them in one statement, every `freshMs`. */
export interface Stays {
  /** Gives how to leave, which may be called twice. */
  enter(stay: Stay): () => void;
  close(): void;
}

/** While Postgres is away everybody stays: there is nothing new to be read either. */
export function createStays(
  { pool, logger, door }: { readonly pool: Pool; readonly logger: Logger; readonly door: Door },
  freshMs: number = keyFreshMs,
): Stays {
  const inside = new Set<Stay>();
  let timer: NodeJS.Timeout | undefined;
  let isAway = false;

  async function look(): Promise<void> {
    try {
      await shutOut([...inside]);
      isAway = false;
    } catch (error) {
      if (!isAway)
        logger.warn({ event: 'staysNotChecked', err: error }, 'the keys of open streams cannot be looked up');
      isAway = true;
    }
    rest();
  }

  async function shutOut(asked: readonly Stay[]): Promise<void> {
    const isOpen = await door.isOpen();
    const prefixes = [...new Set(asked.flatMap(({ prefix }) => prefix ?? []))];
    const scopes = prefixes.length > 0 ? await scopesOfSecrets(pool, prefixes) : new Map<string, Scope[]>();
    for (const stay of asked) {
      const { prefix } = stay;
      const held = prefix === undefined ? [] : scopes.get(prefix);
      const mayStay = prefix === undefined ? isOpen : stay.scopes.some((scope) => held?.includes(scope));
      if (!mayStay && inside.delete(stay)) stay.onShutOut();
    }
  }

  function rest(): void {
    timer = inside.size > 0 ? setTimeout(() => void look(), freshMs).unref() : undefined;
  }

  return {
    enter(stay) {
      inside.add(stay);
      if (timer === undefined) rest();
      return () => void inside.delete(stay);
    },
    close() {
      inside.clear();
      clearTimeout(timer);
    },
  };
}
