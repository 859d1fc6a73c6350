import sql from 'sql-template-tag';
import { execute, query, type Db, type Tx } from './pool.ts';

/** How long an object may be on its way to the commit that keeps it, in milliseconds. */
export const looseForMs = 24 * 60 * 60 * 1_000;

/** Writes down that an object is about to be put, so that it is removed one day if nobody keeps it. */
export async function expectObject(db: Db, key: string): Promise<void> {
  await execute(
    db,
    sql`insert into loose_objects (key, remove_after)
        values (${key}, clock_timestamp() + ${looseForMs}::float8 * interval '1 millisecond')
        on conflict (key) do update set remove_after = excluded.remove_after`,
  );
}

/** Gives loose objects their whole time again. False where one has had it meanwhile, or is not loose. */
export async function renewObjects(db: Db, keys: readonly string[]): Promise<boolean> {
  const renewed = await execute(
    db,
    sql`update loose_objects set remove_after = clock_timestamp() + ${looseForMs}::float8 * interval '1 millisecond'
        where key = any(${keys}::text[]) and remove_after > clock_timestamp()`,
  );
  return renewed === new Set(keys).size;
}

/**
 * Keeps objects, in the transaction that tells of them elsewhere. Throws where one has had its time meanwhile: it is gone,
 * or about to be.
 */
export async function keepObjects(tx: Tx, keys: readonly string[]): Promise<void> {
  const kept = await execute(
    tx,
    sql`delete from loose_objects where key = any(${keys}::text[]) and remove_after > clock_timestamp()`,
  );
  if (kept !== new Set(keys).size) throw new Error('an object has been loose for too long to be kept');
}

/** Has objects removed with the next clean-up that are still loose; what a commit has kept stays. */
export async function giveUpObjects(db: Db, keys: readonly string[]): Promise<void> {
  await execute(
    db,
    sql`update loose_objects set remove_after = clock_timestamp() where key = any(${keys}::text[])`,
  );
}

/** Has objects removed with the next clean-up, whether they were kept or not. */
export async function dropObjects(db: Db, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await execute(
    db,
    sql`insert into loose_objects (key, remove_after) select key, clock_timestamp() from unnest(${keys}::text[]) as key
        on conflict (key) do update set remove_after = excluded.remove_after`,
  );
}

/** Up to `limit` objects that nobody has kept in time. */
export async function findLostObjects(db: Db, limit: number): Promise<string[]> {
  const rows = await query<{ key: string }>(
    db,
    sql`select key from loose_objects where remove_after <= clock_timestamp() order by remove_after limit ${limit}`,
  );
  return rows.map(({ key }) => key);
}

/** They are not in the store any more. */
export async function forgetObjects(db: Db, keys: readonly string[]): Promise<void> {
  await execute(db, sql`delete from loose_objects where key = any(${keys}::text[])`);
}
