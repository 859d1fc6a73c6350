import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

const gibibyte = 2 ** 30;

/** What the figures were measured on, in one line. `descriptions` are those of Postgres and Temporal. */
export function machineFacts(descriptions: readonly string[]): string {
  const [first] = cpus();
  const facts = [
    `${availableParallelism()} cores (${(first?.model ?? 'unknown').trim().replaceAll(/\s+/g, ' ')})`,
    `${(totalmem() / gibibyte).toFixed(0)} GiB`,
    `${type()} ${release()}`,
    `Node ${process.versions.node}`,
    ...descriptions,
  ];
  return facts.join(' · ');
}

/** When and of which code: the date, and the commit with a mark where files were changed since. */
export function codeFacts(): string {
  const date = new Date().toISOString().slice(0, 10);
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../../src').trim() !== '';
    return `${date}, commit ${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`;
  } catch {
    return date;
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    encoding: 'utf8',
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
