import { DatabaseSync } from 'node:sqlite';

/**
 * Takes an exclusive lock on a file, which the operating system gives back however this process ends.
 *
 * @returns the function that gives it back, or undefined when another process held it for `waitMs` milliseconds.
 */
export function takeLock(file: string, waitMs = 0): (() => void) | undefined {
  const database = new DatabaseSync(file, { timeout: waitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return () => database.close();
}

/** SQLite's answer when somebody else has the lock. */
const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
