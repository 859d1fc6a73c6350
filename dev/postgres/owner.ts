import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

const sharedCopies = '/var/cache/order-saga';

/** A user and group, by number. */
export type Owner = { uid: number; gid: number };

/**
 * Whom the server runs as where this process is root, which Postgres refuses: whoever owns the data already, else
 * `postgres`, else `nobody`. Undefined where this process is an ordinary user.
 */
export function serverOwner(dataDir: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readAccounts();
  const present = existsSync(dataDir) ? statSync(dataDir) : undefined;
  const owner =
    accounts.find(({ uid }) => uid !== 0 && uid === present?.uid) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (owner === undefined) {
    throw new Error('Postgres does not run as root and there is no user "postgres" or "nobody" to run it as');
  }
  return { uid: owner.uid, gid: owner.gid };
}

/** Gives a directory and all that is in it to an owner. */
export function giveTo(owner: Owner, path: string): void {
  lchownSync(path, owner.uid, owner.gid);
  for (const entry of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(path, entry), owner.uid, owner.gid);
  }
}

/**
 * The directory of the server's programs as the owner can reach it: below a home directory that is closed to others,
 * root's above all, a copy stands in.
 */
export function reachableBy(owner: Owner | undefined, binDirectory: string): string {
  if (owner === undefined || canRun(owner, binDirectory)) return binDirectory;
  const root = dirname(binDirectory);
  const place = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const copy = join(sharedCopies, `postgres-${place}-${statSync(root).ctimeMs.toFixed(0)}`);
  if (!existsSync(copy)) {
    mkdirSync(sharedCopies, { recursive: true, mode: 0o755 });
    removeOlderCopies(`postgres-${place}-`);
    copyAtOnce(root, copy);
  }
  return join(copy, basename(binDirectory));
}

/** Copies of the same directory as it was before the dependencies were installed anew. */
function removeOlderCopies(prefix: string): void {
  const older = readdirSync(sharedCopies).filter((name) => name.startsWith(prefix));
  for (const name of older) rmSync(join(sharedCopies, name), { recursive: true, force: true });
}

/** Two starts may copy at the same time: the first to finish wins, and neither sees half a copy. */
function copyAtOnce(from: string, to: string): void {
  const unfinished = join(sharedCopies, `unfinished-${process.pid}`);
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, to);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function canRun(owner: Owner, binDirectory: string): boolean {
  return spawnSync(join(binDirectory, 'postgres'), ['--version'], { ...owner, cwd: '/' }).status === 0;
}

function readAccounts(): { name: string; uid: number; gid: number }[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
