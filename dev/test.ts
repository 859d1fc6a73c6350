/**
 * Runs the tests with one Postgres and one Temporal server around them, which are gone afterwards. Arguments go to vitest
 * (`npm test -- test/domain`), the exit code is vitest's, and the last line counts: `12 passed, 0 failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackingServices } from './backing-services.ts';
import { untilAskedToStop } from './supervisor/signals.ts';
import { countsOf } from './test-counts.ts';

const root = join(import.meta.dirname, '..');

const services = await startBackingServices(process.env, (line) => console.log(line));
const scratch = mkdtempSync(join(tmpdir(), 'order-saga-results-'));
const resultsFile = join(scratch, 'results.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
const vitest = spawn(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...reporters, ...process.argv.slice(2)],
  { cwd: root, env: { ...process.env, ...services.variables }, stdio: 'inherit' },
);
void untilAskedToStop((signal) => vitest.kill(signal));
const exitCode = await new Promise<number>((resolve) => {
  vitest.once('error', () => resolve(1));
  vitest.once('exit', (code) => resolve(code ?? 1));
});
await services.stop();
const counts = countsOf(resultsFile, exitCode);
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${counts}`);
process.exit(exitCode);
