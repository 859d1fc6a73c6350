import { Pool, types, type PoolClient, type QueryResultRow } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { Failure } from '../domain/failures.ts';

export type Tx = PoolClient;

/** Either a pool, for a statement of its own, or the transaction it belongs to. */
export type Db = Pool | Tx;

export interface PoolConfig {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  /** How long a statement waits for a row somebody else has locked, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How long one statement may run, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** How long a caller waits for a free connection, in milliseconds. */
  readonly connectTimeoutMs: number;
}

// Counts and amounts fit a double exactly: the largest amount has eight digits, identities start at one.
types.setTypeParser(types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`a bigint beyond 2^53: ${text}`);
  return value;
});

/** How much later than the server's own time-out for it an answer may arrive. */
const answerMarginMs = 1_000;

export function createPool(config: PoolConfig, onIdleError: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: config.url,
    application_name: config.applicationName,
    max: config.maxConnections,
    connectionTimeoutMillis: config.connectTimeoutMs,
    lock_timeout: config.lockTimeoutMs,
    statement_timeout: config.statementTimeoutMs,
    // The server ends a statement that takes too long; an answer that is lost on the way only we can give up.
    query_timeout: config.statementTimeoutMs + answerMarginMs,
    idle_in_transaction_session_timeout: config.statementTimeoutMs * 2,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  pool.on('error', onIdleError);
  // So would one that breaks between two statements of a transaction, which the next statement tells anyway.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** The statements are few and constant, so each gets a name once and is planned once a connection. */
const statementNames = new Map<string, string>();

function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = `s${statementNames.size + 1}`;
    statementNames.set(text, name);
  }
  return name;
}

/** Transactions that may take their time, and how much for each statement, in milliseconds. */
const patience = new WeakMap<Db, number>();

function configOf(db: Db, { text, values }: Sql) {
  const query_timeout = patience.get(db);
  return { name: statementName(text), text, values, ...(query_timeout !== undefined && { query_timeout }) };
}

/** Runs one statement and gives its rows; a database that is not there is a `DatabaseUnavailable`. */
export async function query<Row extends QueryResultRow>(db: Db, statement: Sql): Promise<Row[]> {
  try {
    const result = await db.query<Row>(configOf(db, statement));
    return result.rows;
  } catch (error) {
    throw asFailure(error);
  }
}

/** The one row of a statement that gives at most one. */
export async function queryOne<Row extends QueryResultRow>(db: Db, statement: Sql): Promise<Row | undefined> {
  const [row] = await query<Row>(db, statement);
  return row;
}

/** How many rows a statement changed. */
export async function execute(db: Db, statement: Sql): Promise<number> {
  try {
    const result = await db.query(configOf(db, statement));
    return result.rowCount ?? 0;
  } catch (error) {
    throw asFailure(error);
  }
}

/** Lets each of the further statements of this transaction take so long, in milliseconds. */
export async function allowLongStatements(tx: Tx, timeoutMs: number): Promise<void> {
  await query(tx, sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`);
  patience.set(tx, timeoutMs + answerMarginMs);
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. Also throws where a statement of it has
 * failed and `work` went on all the same: Postgres rolls such a transaction back when it is told to commit it.
 */
export async function transaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await connect(pool);
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const result = await work(tx);
    const { command } = await tx.query('commit');
    if (command !== 'COMMIT') throw new Error('rolled back: a statement of the transaction has failed');
    return result;
  } catch (error) {
    await tx.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw asFailure(error);
  } finally {
    patience.delete(tx);
    tx.release(broken);
  }
}

async function connect(pool: Pool): Promise<Tx> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new Failure('DatabaseUnavailable', 'no database connection to be had', { cause: error });
  }
}

/** SQLSTATE classes that pass: connection, transaction rollback, resources, lock not available, shutdown. */
const passing = /^(08|40|53|55P03|57)/;
const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

function asFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const gone =
    connectionErrors.has(code) ||
    /connection (terminated|ended|timeout)|(read|connect) timeout|timeout exceeded|not queryable/i.test(
      error.message,
    );
  if (!gone && !passing.test(code)) return error;
  return new Failure('DatabaseUnavailable', `the database did not answer (${code || 'connection lost'})`, {
    cause: error,
  });
}
