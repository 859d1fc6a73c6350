import sql from 'sql-template-tag';
import { execute, queryOne, type Db } from './pool.ts';

/** How far the reconciler has looked into something. */
export interface Cursor {
  readonly at: Date;
  readonly id: string | null;
}

export async function find(db: Db, name: string): Promise<Cursor | undefined> {
  return queryOne<Cursor>(db, sql`select at, id from reconciler_cursors where name = ${name}`);
}

export async function move(db: Db, name: string, { at, id }: Cursor): Promise<void> {
  await execute(
    db,
    sql`insert into reconciler_cursors (name, at, id) values (${name}, ${at}, ${id})
        on conflict (name) do update set at = excluded.at, id = excluded.id`,
  );
}

/** True for one caller when the next look is due; nobody else takes it up within `forMs`. */
export async function claimLook(db: Db, name: string, forMs: number): Promise<boolean> {
  const claimed = await execute(
    db,
    sql`insert into reconciler_cursors as c (name, at)
        values (${name}, clock_timestamp() + ${forMs}::integer * interval '1 millisecond')
        on conflict (name) do update set at = excluded.at where c.at <= clock_timestamp()`,
  );
  return claimed === 1;
}

/** The look is over; the next one is due in `restMs`. */
export async function rest(db: Db, name: string, restMs: number): Promise<void> {
  await execute(
    db,
    sql`update reconciler_cursors set at = clock_timestamp() + ${restMs}::integer * interval '1 millisecond'
        where name = ${name}`,
  );
}
