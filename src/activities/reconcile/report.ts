import type { Pool } from 'pg';
import * as alerts from '../../db/alerts.ts';
import * as findings from '../../db/findings.ts';
import { transaction, type Tx } from '../../db/pool.ts';
import type { AlertType } from '../../domain/alert.ts';
import type { Finding, PersonKind, RepairKind } from '../../domain/reconciler.ts';
import type { Events } from '../../telemetry/events.ts';

/** More new findings of one kind than this are told in one alert. */
const maxSingleAlerts = 5;

const alertTypes: Partial<Record<PersonKind, AlertType>> = {
  outbox_poisoned: 'outbox.poisoned',
  imbalance: 'books.imbalance',
};

/** Writes down what one look finds, tells logs and metrics, and counts. */
export interface Report {
  readonly count: number;
  /** A repair that `work` makes in the same transaction; nothing is written when it says that there was nothing to do. */
  repair(finding: Finding<RepairKind>, action: string, work?: (tx: Tx) => Promise<boolean>): Promise<boolean>;
  /**
   * All that a look at these kinds has found for people: what is new raises an alert, what is gone is closed, unless the
   * look was cut short.
   */
  forPeople(
    kinds: readonly PersonKind[],
    found: readonly Finding<PersonKind>[],
    options?: { cutShort: boolean },
  ): Promise<void>;
}

export function createReport({ pool, events }: { pool: Pool; events: Events }): Report {
  let count = 0;

  function tell(finding: Finding, action: string, needsPerson: boolean): void {
    count += 1;
    events.reconcilerFound({ ...finding, action, needsPerson });
  }

  async function keepOpen(found: readonly Finding<PersonKind>[]): Promise<number[]> {
    if (found.length === 0) return [];
    const kept = await transaction(pool, async (tx) => {
      const all: { id: number; isNew: boolean; finding: Finding<PersonKind> }[] = [];
      for (const finding of found) all.push({ finding, ...(await findings.keepOpen(tx, finding)) });
      const fresh = all.filter(({ isNew, finding }) => isNew && !finding.isTold);
      if (fresh.length > maxSingleAlerts) await raiseTogether(tx, fresh);
      else for (const { id, finding } of fresh) await alerts.raise(tx, alertOf(id, finding));
      return all;
    });
    for (const { finding, isNew } of kept) if (isNew) tell(finding, 'waits for a person', true);
    return kept.map(({ id }) => id);
  }

  return {
    get count() {
      return count;
    },
    async repair(finding, action, work) {
      const done = await transaction(pool, async (tx) => {
        if (work && !(await work(tx))) return false;
        await findings.recordRepair(tx, finding, action);
        return true;
      });
      if (done) tell(finding, action, false);
      return done;
    },
    async forPeople(kinds, found, { cutShort } = { cutShort: false }) {
      const seen: number[] = [];
      for (const kind of kinds) seen.push(...(await keepOpen(found.filter((one) => one.kind === kind))));
      if (!cutShort) await findings.closeUnseen(pool, kinds, seen);
    },
  };
}

function alertOf(id: number, { kind, subject, orderId, facts }: Finding<PersonKind>): alerts.NewAlert {
  const type = alertTypes[kind] ?? 'reconciler.finding';
  return { occurrence: `finding:${id}`, type, orderId, facts: { kind, subject, ...facts } };
}

async function raiseTogether(
  tx: Tx,
  fresh: readonly { id: number; finding: Finding<PersonKind> }[],
): Promise<void> {
  const [first] = fresh;
  if (!first) return;
  const { kind } = first.finding;
  const subjects = fresh.slice(0, maxSingleAlerts).map(({ finding }) => finding.subject);
  await alerts.raise(tx, {
    occurrence: `finding:${first.id}`,
    type: alertTypes[kind] ?? 'reconciler.finding',
    orderId: null,
    facts: { kind, count: fresh.length, among: subjects },
  });
}
