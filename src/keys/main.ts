/** `npm run keys`: makes, lists, rotates and revokes API keys. Ends with 2 for a command line it cannot read. */
import { readPayloadKeys } from '../config/payload-keys.ts';
import { createPool } from '../db/pool.ts';
import { createSealer } from '../domain/sealing.ts';
import { readCommand, usage, UsageError } from './arguments.ts';
import { CommandError, run } from './run.ts';
import { Failure } from '../domain/failures.ts';

const timeoutMs = 10_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const command = readCommand(args);
    const url = process.env['DATABASE_URL'];
    if (!url) throw new UsageError('DATABASE_URL is not set');
    const sealing = readPayloadKeys(process.env);
    if ('problems' in sealing) throw new UsageError(sealing.problems.join('\n'));
    const pool = createPool(
      {
        url,
        applicationName: 'order-saga-keys',
        maxConnections: 1,
        lockTimeoutMs: timeoutMs,
        statementTimeoutMs: timeoutMs,
        connectTimeoutMs: timeoutMs,
      },
      () => undefined,
    );
    try {
      process.stdout.write(`${await run(pool, createSealer(sealing.keys), command)}\n`);
      return 0;
    } finally {
      await pool.end();
    }
  } catch (error) {
    return complain(error);
  }
}

function complain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
  if (error instanceof CommandError || error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  if (error instanceof Error && 'code' in error && error.code === '42P01') {
    process.stderr.write('the database has no table of keys yet: run "node src/db/migrate.ts" first\n');
    return 1;
  }
  throw error;
}
