import { z } from 'zod';
import { registerJob, type JobHandler } from '../../src/activities/jobs/job-handler.ts';
import { defineJobType } from '../../src/activities/jobs/job-type.ts';
import { execute } from '../../src/db/pool.ts';
import { briefRetry } from '../../src/domain/job-type.ts';
import { kinds, type Kind } from './kinds.ts';
import { sqlWork } from './sql-work.ts';

/** How the first attempt runs: within the workflow task, or as an activity of its own. */
export const styles = ['short', 'regular'] as const;
export type Style = (typeof styles)[number];

const input = z.strictObject({ n: z.int().min(0) });
type Input = z.output<typeof input>;

export function typeName(kind: Kind, style: Style): string {
  return `bench-${kind}-${style}`;
}

function typeOf(kind: Kind, style: Style) {
  return defineJobType({
    name: typeName(kind, style),
    input,
    queue: 'jobs',
    retry: briefRetry,
    attemptTimeoutMs: 30_000,
    deadlineMs: 600_000,
    concurrency: null,
    maxBacklog: 10_000_000,
    uniqueness: 'until_ended',
    short: style === 'short',
    fileLifetimeMs: null,
    offered: true,
    summary: 'For the bench.',
  });
}

const handlers: Readonly<Record<Kind, JobHandler<Input>>> = {
  'no-op': async () => ({}),
  sql: async (run) => ({ commit: async (tx) => void (await execute(tx, sqlWork(run.input.n))) }),
};

/** The jobs that the service does for the bench, beside its own. */
export const benchJobs = kinds.flatMap((kind) =>
  styles.map((style) => registerJob(typeOf(kind, style), handlers[kind])),
);
