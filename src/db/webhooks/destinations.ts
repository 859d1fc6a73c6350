import sql from 'sql-template-tag';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';

/**
 * Takes up to `limit` destinations to which something is due and which nobody sees to, each for `leaseMs`; gives their ids.
 * Whoever has asked for a run is not asked again before that.
 */
export async function takeDue(db: Db, limit: number, leaseMs: number): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    sql`with due as (
          select destination.id from webhook_destinations destination
          left join webhook_endpoints endpoint on endpoint.id = destination.id
          where (taken_until is null or taken_until <= clock_timestamp())
            and endpoint.deleted_at is null and endpoint.disabled_at is null
            and (recover_after is not null or exists (
              select from webhook_deliveries delivery
              where delivery.destination_id = destination.id and status = 'pending' and due_at <= clock_timestamp()))
          order by taken_until nulls first
          limit ${limit}
          for update of destination skip locked
        )
        update webhook_destinations
        set taken_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
        from due where webhook_destinations.id = due.id
        returning webhook_destinations.id`,
  );
  return rows.map(({ id }) => id);
}

/** Where to deliver to, as it is now. */
export interface Destination {
  /** The endpoint's; null for callbacks, each of which has one of its own, and where nothing may be sent. */
  readonly url: string | null;
  readonly isEndpoint: boolean;
  /** False while its endpoint is disabled, or for good when that is deleted. */
  readonly isOpen: boolean;
  /** Whose secrets these are: the endpoint or the API key; null where the API was open. */
  readonly owner: string | null;
  /** As they are kept: the one that signs, and for a while the one before. */
  readonly secrets: readonly string[];
  readonly recoverAfter: string | null;
}

/** Takes a destination over, from whoever has it; gives the number of the turn. */
export async function beginTurn(db: Db, id: string, leaseMs: number): Promise<number | undefined> {
  const row = await queryOne<{ turn: number }>(
    db,
    sql`update webhook_destinations
        set turn = turn + 1, taken_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
        where id = ${id} returning turn`,
  );
  return row?.turn;
}

/** Goes on with a turn for `leaseMs` more, and gives the destination as it is; undefined when another turn has begun. */
export async function extendTurn(
  db: Db,
  id: string,
  turn: number,
  leaseMs: number,
): Promise<Destination | undefined> {
  return queryOne<Destination>(
    db,
    sql`with mine as (
          update webhook_destinations
          set taken_until = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
          where id = ${id} and turn = ${turn}
          returning *
        )
        select endpoint.url, mine.origin is null as "isEndpoint",
          mine.origin is not null or (endpoint.deleted_at is null and endpoint.disabled_at is null) as "isOpen",
          coalesce(endpoint.id, key.id) as owner, mine.recover_after as "recoverAfter",
          array_remove(array[
            coalesce(endpoint.secret, key.webhook_secret),
            case when endpoint.previous_secret_until > clock_timestamp() then endpoint.previous_secret end,
            case when key.previous_webhook_secret_until > clock_timestamp() then key.previous_webhook_secret end],
            null) as secrets
        from mine
        left join webhook_endpoints endpoint on endpoint.id = mine.id
        left join api_keys key on key.id = mine.api_key_id`,
  );
}

/** Whether nothing has got through since then. */
export async function isSilentSince(tx: Tx, id: string, since: Date): Promise<boolean> {
  const row = await queryOne<{ silent: boolean }>(
    tx,
    sql`select coalesce(last_success_at < ${since}, true) as silent from webhook_destinations where id = ${id}`,
  );
  return row?.silent ?? false;
}

export async function noteSuccess(db: Db, id: string): Promise<void> {
  await execute(
    db,
    sql`update webhook_destinations set last_success_at = clock_timestamp() where id = ${id}`,
  );
}

/** How a turn went: whether anything got through, and whether anything was tried at all. */
export type TurnOutcome = 'fruitful' | 'fruitless' | 'idle';

/** How long a destination is left alone after any turn, in milliseconds: Temporal notes meanwhile that its run is over. */
const handOverMs = 300;

/** How long it is left alone where nothing got through, in milliseconds. */
export interface TurnRest {
  /** At first; then twice as long each time, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Ends a turn. What fails entirely is left alone for a while, so that it takes little from the others. */
export async function endTurn(
  db: Db,
  id: string,
  turn: number,
  outcome: TurnOutcome,
  { firstMs, longestMs }: TurnRest,
): Promise<void> {
  await execute(
    db,
    sql`update webhook_destinations set
          fruitless_turns = case ${outcome}::text when 'fruitless' then fruitless_turns + 1 when 'fruitful' then 0
            else fruitless_turns end,
          taken_until = clock_timestamp() + interval '1 millisecond' * case ${outcome}::text when 'fruitless'
            then least(${longestMs}::float8, ${firstMs}::float8 * 2 ^ least(fruitless_turns, 20))
            else ${handOverMs}::float8 end
        where id = ${id} and turn = ${turn}`,
  );
}

const rested = sql`fruitless_turns = 0,
          taken_until = least(taken_until, clock_timestamp() + ${handOverMs}::integer * interval '1 millisecond')`;

/** Has a destination that is left alone looked at again. */
export async function endRest(tx: Tx, id: string): Promise<void> {
  await execute(tx, sql`update webhook_destinations set ${rested} where id = ${id}`);
}

/** Has everything tried anew that failed behind this delivery's id, or waits for its next attempt. */
export async function askToRecover(db: Db, id: string, after: string): Promise<void> {
  await execute(
    db,
    sql`update webhook_destinations set recover_after = least(recover_after, ${after}::uuid) where id = ${id}`,
  );
}

/**
 * The same at every destination of callbacks to an origin (`https://shop.example`), whosever they are; gives how many those are.
 */
export async function askCallbacksToRecover(db: Db, origin: string, after: string): Promise<number> {
  return execute(
    db,
    sql`update webhook_destinations set recover_after = least(recover_after, ${after}::uuid), ${rested}
        where origin = ${origin}`,
  );
}

/** Longer than any commit that may still owe something to a destination which it found before that was retired. */
const retiredForMs = 60 * 60 * 1_000;

/**
 * Has up to `limit` destinations of callbacks owed nothing more that were made before then and are owed nothing, and removes as
 * many that have been so for long enough; gives how many those were, the larger of both.
 */
export async function removeUnusedDestinations(db: Db, before: Date, limit: number): Promise<number> {
  const removed = await execute(
    db,
    sql`delete from webhook_destinations where id in (
          select id from webhook_destinations destination
          where retired_at < clock_timestamp() - ${retiredForMs}::integer * interval '1 millisecond' and ${isOwedNothing}
          limit ${limit} for update skip locked)`,
  );
  const retired = await execute(
    db,
    sql`update webhook_destinations set retired_at = clock_timestamp() where id in (
          select id from webhook_destinations destination
          where origin is not null and retired_at is null and created_at < ${before} and ${isOwedNothing}
          limit ${limit} for update skip locked)`,
  );
  return Math.max(removed, retired);
}

/** Nor is anything kept of what it was told. */
const isOwedNothing = sql`not exists (select from webhook_deliveries where destination_id = destination.id)`;
