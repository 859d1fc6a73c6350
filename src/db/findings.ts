import sql from 'sql-template-tag';
import type { Finding, PersonKind, RepairKind } from '../domain/reconciler.ts';
import { execute, query, queryOne, type Db, type Tx } from './pool.ts';

/** Writes down a repair, in the transaction that makes it where there is one. */
export async function recordRepair(db: Db, finding: Finding<RepairKind>, action: string): Promise<void> {
  await execute(
    db,
    sql`insert into reconciler_findings (kind, subject, order_id, action, facts, closed_at)
        values (${finding.kind}, ${finding.subject}, ${finding.orderId}, ${action}, ${JSON.stringify(finding.facts)},
          clock_timestamp())`,
  );
}

/** How often this has been repaired lately: within `quietMs`, and within a day. */
export async function repairsOf(
  db: Db,
  kind: RepairKind,
  subject: string,
  quietMs: number,
): Promise<{ justNow: number; today: number }> {
  const row = await queryOne<{ justNow: number; today: number }>(
    db,
    sql`select count(*) filter (where found_at > clock_timestamp() - ${quietMs}::integer * interval '1 millisecond')
            as "justNow", count(*) as today
        from reconciler_findings
        where kind = ${kind} and subject = ${subject} and found_at > clock_timestamp() - interval '1 day'`,
  );
  if (!row) throw new Error('an aggregate gave no row');
  return row;
}

/** Keeps a finding open for a person; `isNew` when it was not open before. */
export async function keepOpen(
  tx: Tx,
  finding: Finding<PersonKind>,
): Promise<{ id: number; isNew: boolean }> {
  const row = await queryOne<{ id: number; isNew: boolean }>(
    tx,
    sql`insert into reconciler_findings (kind, subject, order_id, action, facts)
        values (${finding.kind}, ${finding.subject}, ${finding.orderId}, 'waits for a person',
          ${JSON.stringify(finding.facts)})
        on conflict (kind, subject) where closed_at is null do update set seen_at = clock_timestamp()
        returning id, xmax = 0 as "isNew"`,
  );
  if (!row) throw new Error('an upsert gave no row');
  return row;
}

/** Closes what a complete look at these kinds has not seen any more. */
export async function closeUnseen(
  db: Db,
  kinds: readonly PersonKind[],
  seen: readonly number[],
): Promise<void> {
  await execute(
    db,
    sql`update reconciler_findings set closed_at = clock_timestamp()
        where kind = any(${kinds}::text[]) and closed_at is null and not (id = any(${seen}::bigint[]))`,
  );
}

/** Takes out up to `limit` findings that were closed long ago. */
export async function prune(db: Db, olderThanDays: number, limit: number): Promise<void> {
  await execute(
    db,
    sql`delete from reconciler_findings where id in (
          select id from reconciler_findings
          where found_at < clock_timestamp() - ${olderThanDays}::integer * interval '1 day' and closed_at is not null
          order by found_at limit ${limit})`,
  );
}

/** How many findings of each kind wait for a person. */
export async function countOpen(db: Db): Promise<{ kind: PersonKind; open: number }[]> {
  return query(
    db,
    sql`select kind, count(*) as open from reconciler_findings where closed_at is null group by kind`,
  );
}

/** The subjects of the findings of these kinds that wait for a person. */
export async function listOpen(db: Db, kinds: readonly PersonKind[]): Promise<string[]> {
  const rows = await query<{ subject: string }>(
    db,
    sql`select subject from reconciler_findings where kind = any(${kinds}::text[]) and closed_at is null`,
  );
  return rows.map(({ subject }) => subject);
}
