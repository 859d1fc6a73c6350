import sql, { type Sql } from 'sql-template-tag';
import { refused } from '../../domain/failures.ts';
import { inputFaults } from '../../domain/input-faults.ts';
import { maxJobInputBytes, type JobStatus } from '../../domain/job.ts';
import type { JobRules } from '../../domain/job-type.ts';
import { newId } from '../../domain/new-id.ts';
import { query, queryOne, type Tx } from '../pool.ts';
import { takeLine } from './lines.ts';

/** A job to be done. */
export interface NewJob<Input> {
  readonly input: Input;
  /** Not before that; now where neither is given. */
  readonly runAt?: Date;
  /** The same, counted from now on the database's clock. */
  readonly delayMs?: number;
  /** Not worth beginning after that. */
  readonly expiresAt?: Date;
  /** While another job of the type has it, that one stands for this. */
  readonly uniqueKey?: string;
  /** Jobs with the same key are done one after the other, as they fall due, whatever their types. */
  readonly orderingKey?: string;
  /** From -100, the least urgent, to 100; 0 where nothing is said. */
  readonly priority?: number;
  /** Where its end is told, signed with the secret of the API key. */
  readonly callbackUrl?: string;
  /** Who asks for it: a caller's name, or the part of the service. */
  readonly requestedBy: string;
  readonly apiKeyId?: string;
  readonly traceParent?: string;
}

export interface EnqueuedJob {
  readonly jobId: string;
  /** False where another job has the unique key already: this is that one. */
  readonly created: boolean;
  readonly status: JobStatus;
}

/**
 * Accepts a job in the caller's transaction, with its first event. It is looked for after the commit; a process that has a
 * dispatcher wakes it then. Throws a `Failure`: `InvalidJobInput`, `JobPayloadTooLarge`.
 */
export async function enqueueJob<Input>(
  tx: Tx,
  rules: JobRules<Input>,
  job: NewJob<NoInfer<Input>>,
): Promise<EnqueuedJob> {
  return enqueueRow(tx, rowOf(rules, job));
}

/** The same for a job that has been checked. */
export async function enqueueRow(tx: Tx, row: JobRow): Promise<EnqueuedJob> {
  await takeLine(tx, row.orderingKey);
  for (;;) {
    const inserted = await queryOne<Held>(
      tx,
      sql`with accepted as (${insertJob(row, sql`(select 1) as nothing`)}), ${acceptedEvent}
          select id as "jobId", status from accepted`,
    );
    if (inserted) return { ...inserted, created: true };
    const holder = await queryOne<Held>(tx, findHolder(row));
    if (holder) return { ...holder, created: false };
    // It has ended between the two statements, and the key is free again.
  }
}

/**
 * The same for jobs of one type and one line, in their order: a few statements, however many they are. Gives their ids, or
 * those of the jobs that stand for them.
 */
export async function enqueueRows(tx: Tx, rows: readonly JobRow[]): Promise<string[]> {
  const [first] = rows;
  if (!first) return [];
  await takeLine(tx, first.orderingKey);
  const held = await holdersOf(tx, first.type, rows);
  const wanted = rows.filter(({ uniqueKey }) => uniqueKey === null || !held.has(uniqueKey));
  const begun = await beginLine(tx, wanted);
  const rest = wanted.slice(begun.size);
  const inserted = await query<{ jobId: string }>(
    tx,
    sql`with accepted as (${insertJob(ofEach(first), eachOf(rest))}), ${acceptedEvent}
        select id as "jobId" from accepted`,
  );
  const made = new Map([...begun, ...inserted.map(({ jobId }) => [jobId, jobId] as const)]);
  const jobIds: string[] = [];
  // Whoever has come first meanwhile stands for a job.
  for (const row of rows)
    jobIds.push(made.get(row.id) ?? held.get(row.uniqueKey ?? '') ?? (await enqueueRow(tx, row)).jobId);
  return jobIds;
}

/** The jobs that have the unique keys of these, by the keys. */
async function holdersOf(tx: Tx, type: string, rows: readonly JobRow[]): Promise<Map<string, string>> {
  const held = await query<{ key: string; jobId: string }>(
    tx,
    sql`select unique_slot as key, id as "jobId" from jobs
        where type = ${type} and unique_slot = any(${rows.map(({ uniqueKey }) => uniqueKey)}::text[])`,
  );
  return new Map(held.map(({ key, jobId }) => [key, jobId]));
}

/**
 * The jobs up to the first one that is made, by the ids of their rows: it stands in the line then, where those of one
 * statement do not see each other. None where there is no line.
 */
async function beginLine(tx: Tx, rows: readonly JobRow[]): Promise<Map<string, string>> {
  const jobIds = new Map<string, string>();
  for (const row of rows) {
    if (row.orderingKey === null) break;
    const { jobId, created } = await enqueueRow(tx, row);
    jobIds.set(row.id, jobId);
    if (created) break;
  }
  return jobIds;
}

type Each<Row> = { readonly [Column in keyof Row]: Row[Column] | Sql };

function ofEach(row: JobRow): Each<JobRow> {
  return { ...row, id: sql`each.id`, input: sql`each.input`, uniqueKey: sql`each.unique_key` };
}

function eachOf(rows: readonly JobRow[]): Sql {
  return sql`unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ input }) => input)}::text[],
    ${rows.map(({ uniqueKey }) => uniqueKey)}::text[]) as each (id, input, unique_key)`;
}

type Held = Pick<EnqueuedJob, 'jobId' | 'status'>;

/** A job as it is inserted. */
export interface JobRow {
  readonly id: string;
  readonly type: string;
  /** JSON. */
  readonly input: string;
  readonly runAt: Date | null;
  readonly delayMs: number;
  readonly expiresAt: Date | null;
  readonly uniqueKey: string | null;
  readonly uniqueForEver: boolean;
  readonly orderingKey: string | null;
  readonly priority: number;
  readonly callbackUrl: string | null;
  readonly requestedBy: string;
  readonly apiKeyId: string | null;
  readonly traceParent: string | null;
}

/** Checks a job against the rules of its type. */
export function rowOf<Input>(rules: JobRules<Input>, job: NewJob<NoInfer<Input>>): JobRow {
  return {
    id: newId(),
    type: rules.name,
    input: inputText(rules, job.input),
    runAt: job.runAt ?? null,
    delayMs: job.delayMs ?? 0,
    expiresAt: job.expiresAt ?? null,
    uniqueKey: job.uniqueKey ?? null,
    uniqueForEver: rules.uniqueness === 'for_ever',
    orderingKey: job.orderingKey ?? null,
    priority: job.priority ?? 0,
    callbackUrl: job.callbackUrl ?? null,
    requestedBy: job.requestedBy,
    apiKeyId: job.apiKeyId ?? null,
    traceParent: job.traceParent ?? null,
  };
}

function inputText<Input>(rules: JobRules<Input>, input: Input): string {
  const text = JSON.stringify(read(rules, input));
  const { data: again } = rules.input.safeParse(JSON.parse(text));
  if (JSON.stringify(again) !== text)
    throw new Error(
      `The schema of ${rules.name} does not read what it gives: transforms belong into the handler.`,
    );
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxJobInputBytes) return text;
  throw refused(
    'JobPayloadTooLarge',
    `The input is ${bytes} bytes of JSON; at most ${maxJobInputBytes} are taken. Put it into a file and give its id.`,
    { bytes, maxBytes: maxJobInputBytes },
  );
}

function read<Input>({ name, input }: JobRules<Input>, value: unknown): Input {
  const { data, error } = input.safeParse(value);
  if (!error) return data;
  throw refused('InvalidJobInput', `This is no input of a job of type ${name}; ${inputFaults(error)}.`);
}

/** One job for each row of `from`; none where its unique key is taken. */
export function insertJob(job: Each<JobRow>, from: Sql): Sql {
  const dueAt = sql`coalesce(${job.runAt}::timestamptz, clock_timestamp() + ${job.delayMs}::float8 * interval '1 millisecond')`;
  return sql`insert into jobs (id, type, status, input, priority, ordering_key, unique_key, unique_slot,
            unique_for_ever, run_at, expires_at,
            requested_by, api_key_id, callback_url, trace_parent, last_event_number)
          select ${job.id}::uuid, ${job.type}::text,
            case when due_at > clock_timestamp() then 'scheduled'
              when exists (select from jobs where ordering_key = ${job.orderingKey}::text
                and status in ('blocked', 'ready', 'dispatched', 'running')) then 'blocked'
              else 'ready' end,
            ${job.input}::jsonb, ${job.priority}::smallint, ${job.orderingKey}::text, ${job.uniqueKey}::text,
            ${job.uniqueKey}::text, ${job.uniqueForEver}::boolean, due_at, ${job.expiresAt}::timestamptz,
            ${job.requestedBy}::text, ${job.apiKeyId}::uuid, ${job.callbackUrl}::text, ${job.traceParent}::text, 1
          from ${from}, lateral (select ${dueAt} as due_at) as due
          on conflict (type, unique_slot) where unique_slot is not null do nothing
          returning id, status, run_at`;
}

/** The first event of what `accepted` has inserted. */
export const acceptedEvent: Sql = sql`event as (
  insert into job_events (job_id, number, type, data)
  select id, 1, 'job.queued',
    jsonb_build_object('runAt', to_char(run_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  from accepted
)`;

function findHolder({ type, uniqueKey }: JobRow): Sql {
  return sql`select id as "jobId", status from jobs where type = ${type} and unique_slot = ${uniqueKey}`;
}
