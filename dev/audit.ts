/**
 * `npm run audit`: fails when what the service depends on at runtime has a hole that is known to npm's advisories, of moderate
 * severity or worse. A registry without advisories (a mirror, no network) can answer nothing: that is said, and passes.
 */
import { spawnSync } from 'node:child_process';
import { describeVerdict, verdictOf } from './audit/verdict.ts';

const timeoutMs = 120_000;

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: timeoutMs,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const verdict = verdictOf(stdout);
console.log(describeVerdict(verdict));
process.exit(verdict.kind === 'holes' ? 1 : 0);
