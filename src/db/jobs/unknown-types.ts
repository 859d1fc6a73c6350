import sql, { type Sql } from 'sql-template-tag';
import { unknownType } from '../../domain/job-type.ts';
import { query, queryOne, type Db } from '../pool.ts';

/** Of a row of `job_types`: that a worker was met without the type so lately that its jobs are handed to nobody. */
export const rests: Sql = since(unknownType.restMs);

/** The same, so lately that one job at a time is enough to find out. Null where there is no row. */
export const isDoubted: Sql = since(unknownType.doubtMs);

function since(agoMs: number): Sql {
  return sql`job_types.unknown_at > clock_timestamp() - ${agoMs}::integer * interval '1 millisecond'`;
}

/** Keeps that a worker was met which does not know the type. True where that is news: none was for as long as its jobs rest. */
export async function noteUnknown(db: Db, name: string): Promise<boolean> {
  const row = await queryOne(
    db,
    sql`insert into job_types (name, unknown_at) values (${name}, clock_timestamp())
        on conflict (name) do update set unknown_at = clock_timestamp()
        where (${rests}) is not true
        returning name`,
  );
  return row !== undefined;
}

/** The types that workers do not know, as far as was found out lately. */
export async function listUnknown(db: Db): Promise<string[]> {
  const rows = await query<{ name: string }>(
    db,
    sql`select name from job_types where ${isDoubted} order by name`,
  );
  return rows.map(({ name }) => name);
}
