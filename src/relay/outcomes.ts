import type { RelayConfig } from '../config/config.ts';
import { backoffMs } from '../domain/policies.ts';
import type { DeliveryFact, Events } from '../telemetry/events.ts';
import type { Engine } from './engine.ts';
import { blameFor, describeFailure } from './failures.ts';
import { entryBackoff } from './limits.ts';
import type { Settler } from './settler.ts';
import { ageMs, type Work } from './work.ts';

export interface Outcomes {
  delivered(work: Work): void;
  /** A failure that may be Temporal's or the database's own counts against nobody once that is confirmed. */
  failed(work: Work, error: unknown): Promise<void>;
}

export function createOutcomes(parts: {
  readonly config: RelayConfig;
  readonly events: Events;
  readonly engine: Engine;
  readonly settler: Settler;
}): Outcomes {
  const { config, events, engine, settler } = parts;

  return {
    delivered(work) {
      events.outboxDelivered({ ...factOf(work), path: work.path });
      settler.delivered(work.entry.id);
    },

    async failed(work, error) {
      const { entry } = work;
      const blame = blameFor(error);
      if (blame === 'database' || (blame === 'temporal' && !(await engine.isStillUp()))) {
        settler.giveBack(entry.id);
        return;
      }
      const least = blame === 'hopeless' ? config.alertAfterAttempts : 1;
      const attempts = Math.max(entry.attempts + 1, least);
      const delayMs = backoffMs(entryBackoff, attempts, Math.random());
      const failure = describeFailure(error);
      const fact = { ...factOf(work), ...failure, attempts, retryInMs: delayMs };
      if (attempts >= config.alertAfterAttempts) events.outboxPoisoned(fact);
      else events.outboxPutOff(fact);
      settler.putOff({
        id: entry.id,
        attempts,
        delayMs,
        error: `${failure.failureType}: ${failure.failureMessage}`,
      });
    },
  };
}

function factOf(work: Work): DeliveryFact {
  const { id: entryId, orderId, kind } = work.entry;
  return { orderId, entryId, kind, ageMs: ageMs(work) };
}
