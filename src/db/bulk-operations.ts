import sql, { join, type Sql } from 'sql-template-tag';
import { maxBulkItems, type BulkAction, type BulkFilter } from '../domain/bulk-operation.ts';
import { refused } from '../domain/failures.ts';
import { execute, query, queryOne, type Db, type Tx } from './pool.ts';
import { conditionOf } from './jobs/read.ts';

export interface NewBulkOperation {
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: BulkFilter;
  readonly requestedBy: string;
}

/**
 * Counts what a filter finds and keeps which ones those are and what they are, for the operation to be carried out on exactly
 * them. Gives how many; one more than `maxBulkItems` stands for any number beyond it.
 */
export async function countBulk(
  tx: Tx,
  { id, action, filter, requestedBy }: NewBulkOperation,
): Promise<number> {
  await execute(
    tx,
    sql`insert into bulk_operations (id, action, subject, filter, requested_by)
        values (${id}, ${action}, ${filter.of}, ${JSON.stringify(filter)}, ${requestedBy})`,
  );
  const told = toldApartBy[filter.of];
  return execute(
    tx,
    sql`insert into bulk_operation_items (operation_id, subject_id, ${told})
        select ${id}::uuid, id, ${told} from ${found(filter)} limit ${maxBulkItems + 1}`,
  );
}

/** The column that tells what was counted from what the same job or order has become since; items have it as well. */
const toldApartBy: Readonly<Record<BulkFilter['of'], Sql>> = {
  jobs: sql`round`,
  orders: sql`attention_since`,
};

/** Refuses (`CommandRefused`) a subject that is no longer what was counted. Its row is locked by the caller. */
export async function assertAsCounted(
  tx: Tx,
  { id, filter }: Pick<BulkOperation, 'id' | 'filter'>,
  subjectId: string,
): Promise<void> {
  const told = toldApartBy[filter.of];
  const same = await queryOne(
    tx,
    sql`select from ${found(filter)} and id = ${subjectId} and coalesce(${told} = (
          select item.${told} from bulk_operation_items as item
          where item.operation_id = ${id} and item.subject_id = ${subjectId}), true)`,
  );
  if (!same) throw refused('CommandRefused', 'It is not as it was when it was counted.');
}

function found(filter: BulkFilter): Sql {
  if (filter.of === 'jobs') {
    const { errorType, enqueuedAfter, enqueuedBefore, ...rest } = filter;
    const condition = conditionOf({
      ...rest,
      ...(enqueuedAfter !== undefined && { enqueuedAfter: new Date(enqueuedAfter) }),
      ...(enqueuedBefore !== undefined && { enqueuedBefore: new Date(enqueuedBefore) }),
    });
    const error = errorType === undefined ? sql`true` : sql`error_type = ${errorType}`;
    return sql`jobs where ${condition} and ${error}`;
  }
  const { step, reason, since, before } = filter;
  const conditions = [
    sql`attention_since is not null`,
    step !== undefined && sql`attention_step = ${step}`,
    reason !== undefined && sql`attention_reason = ${reason}`,
    since !== undefined && sql`attention_since >= ${since}::timestamptz`,
    before !== undefined && sql`attention_since < ${before}::timestamptz`,
  ].filter((condition) => condition !== false);
  return sql`orders where ${join(conditions, ' and ')}`;
}

/** An operation, and how far it is. */
export interface BulkOperation {
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: BulkFilter;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
  readonly counted: number;
  readonly accepted: number;
  readonly refused: number;
}

export async function readBulk(db: Db, id: string): Promise<BulkOperation | undefined> {
  return queryOne<BulkOperation>(
    db,
    sql`select id, action, filter, requested_by as "requestedBy", created_at as "createdAt",
          confirmed_by as "confirmedBy", confirmed_at as "confirmedAt", items.*
        from bulk_operations, lateral (
          select count(*) as counted, count(*) filter (where outcome = 'accepted') as accepted,
            count(*) filter (where outcome = 'refused') as refused
          from bulk_operation_items where operation_id = bulk_operations.id) as items
        where id = ${id}`,
  );
}

/** Confirms an operation, once; who asked first stands. */
export async function confirmBulk(tx: Tx, id: string, confirmedBy: string): Promise<void> {
  await execute(
    tx,
    sql`update bulk_operations set confirmed_by = ${confirmedBy}, confirmed_at = clock_timestamp()
        where id = ${id} and confirmed_at is null`,
  );
}

/** The next of those that the operation has not come to yet. */
export async function nextItems(db: Db, id: string, limit: number): Promise<string[]> {
  const rows = await query<{ subjectId: string }>(
    db,
    sql`select subject_id as "subjectId" from bulk_operation_items
        where operation_id = ${id} and outcome is null order by subject_id limit ${limit}`,
  );
  return rows.map(({ subjectId }) => subjectId);
}

/** Makes an item the caller's until its transaction ends; false where it has been settled before. */
export async function lockItem(
  tx: Tx,
  { id, subjectId }: { readonly id: string; readonly subjectId: string },
): Promise<boolean> {
  const row = await queryOne(
    tx,
    sql`select 1 from bulk_operation_items
        where operation_id = ${id} and subject_id = ${subjectId} and outcome is null for update`,
  );
  return row !== undefined;
}

/** What was settled before stays as it is. */
export async function settleItem(
  db: Db,
  { id, subjectId }: { readonly id: string; readonly subjectId: string },
  outcome: 'accepted' | 'refused',
  detail: string | null,
): Promise<void> {
  await execute(
    db,
    sql`update bulk_operation_items set outcome = ${outcome}, detail = ${detail}
        where operation_id = ${id} and subject_id = ${subjectId} and outcome is null`,
  );
}

/** What was refused, and why, up to `limit`. */
export async function listRefused(
  db: Db,
  id: string,
  limit: number,
): Promise<{ id: string; detail: string }[]> {
  return query(
    db,
    sql`select subject_id as id, coalesce(detail, '') as detail from bulk_operation_items
        where operation_id = ${id} and outcome = 'refused' order by subject_id limit ${limit}`,
  );
}
