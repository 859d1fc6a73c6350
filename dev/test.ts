/**
 * Runs the tests with one Postgres and one Temporal server around them, which are gone afterwards. Arguments go to vitest
 * (`npm test -- test/domain`), the exit code is vitest's, and the last line counts: `12 passed, 0 failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackingServices } from './backing-services.ts';
import { runVitest } from './run-vitest.ts';
import { messageOf } from './supervisor/errors.ts';
import { stopRequest } from './supervisor/signals.ts';
import { countsOf } from './test-counts.ts';

const stop = stopRequest();
const scratch = mkdtempSync(join(tmpdir(), 'order-saga-results-'));
const resultsFile = join(scratch, 'results.json');
let exitCode = 1;
try {
  const services = await startBackingServices(process.env, (line) => console.log(line), stop.signal);
  const env = { ...process.env, ...services.variables };
  exitCode = await runVitest(process.argv.slice(2), resultsFile, env, stop.signal);
  await services.stop();
} catch (error) {
  console.error(messageOf(error));
}
console.log(`\n${countsOf(resultsFile, exitCode)}`);
rmSync(scratch, { recursive: true, force: true });
process.exit(exitCode);
