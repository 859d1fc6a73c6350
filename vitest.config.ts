import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A test has this long; those on whole processes set more for themselves. */
const testTimeoutMs = 30_000;
/** Starting a worker or a database comes under this one. */
const hookTimeoutMs = 60_000;
/** A state that a test waits for may take this long on a busy machine; vitest's own second is too short. */
const pollTimeoutMs = 10_000;
/** More files at once only wait for each other: Postgres and Temporal need a processor as well. */
const filesAtOnce = Math.min(3, Math.max(1, availableParallelism() - 1));
/** Tests of one file that are marked concurrent: orders that mostly wait, for a backoff or an operator. */
const testsAtOnce = 24;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: filesAtOnce,
    maxConcurrency: testsAtOnce,
    expect: { poll: { timeout: pollTimeoutMs } },
    testTimeout: testTimeoutMs,
    hookTimeout: hookTimeoutMs,
    teardownTimeout: hookTimeoutMs,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
