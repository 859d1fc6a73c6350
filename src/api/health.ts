import { answersWithin } from '../db/answers.ts';
import { countOpen } from '../db/findings.ts';
import { listStalled } from '../db/jobs/progress.ts';
import { listUnknown } from '../db/jobs/unknown-types.ts';
import { isStalled } from '../db/progress.ts';
import { Failure } from '../domain/failures.ts';
import type { ApiContext } from './api-context.ts';
import { createKnownReach, type KnownReach } from './known-reach.ts';
import {
  backlogWarning,
  healthFreshMs,
  reachFreshMs,
  readyTimeoutMs,
  stalledAfterMs,
  typesNamed,
} from './limits.ts';

export const healthStatuses = ['pass', 'warn', 'fail'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** One thing that was looked at (draft-inadarei-api-health-check). */
export interface HealthCheck {
  readonly componentType: 'datastore' | 'system' | 'component';
  readonly status: HealthStatus;
  readonly observedValue?: number;
  readonly observedUnit?: string;
  /** What is wrong; absent where nothing is. */
  readonly output?: string;
  readonly time: Date;
}

export interface HealthReport {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

type Look = () => Promise<HealthReport>;

/** What is looked at. */
type Looked = Pick<ApiContext, 'pool' | 'relay' | 'jobs' | 'jobTypes' | 'reaches'>;

/** Looks at most every `freshMs`, and once for all that ask meanwhile. */
export function createHealth(
  context: Looked,
  { freshMs = healthFreshMs, stalledMs = stalledAfterMs, providersFreshMs = reachFreshMs } = {},
): Look {
  const reaches = Object.entries(context.reaches);
  const providers = new Map(
    reaches.map(([name, reach]) => [name, createKnownReach(reach, providersFreshMs)]),
  );
  let report: Promise<HealthReport> | undefined;
  let lookedAt = -Infinity;

  return async () => {
    if (report === undefined || performance.now() - lookedAt > freshMs) {
      lookedAt = performance.now();
      for (const provider of providers.values()) provider.look();
      report = look(context, providers, stalledMs);
    }
    return report;
  };
}

async function look(
  { pool, relay, jobs, jobTypes }: Looked,
  providers: ReadonlyMap<string, KnownReach>,
  stalledMs: number,
): Promise<HealthReport> {
  const time = new Date();
  const { temporalUp, outboxDepth } = relay.state;
  const startedAt = performance.now();
  const answered = await answersWithin(pool, readyTimeoutMs);
  const responseTimeMs = Math.round(performance.now() - startedAt);
  const books = answered ? await lookIntoBooks({ pool, jobTypes }, stalledMs, time) : undefined;
  const checks: Record<string, HealthCheck> = {
    'postgres:responseTime': {
      componentType: 'datastore',
      ...verdict(books !== undefined, 'fail', 'Postgres does not answer.'),
      observedValue: responseTimeMs,
      observedUnit: 'ms',
      time,
    },
    'temporal:reachable': {
      componentType: 'system',
      ...verdict(temporalUp, 'warn', 'Temporal is out of reach: orders are accepted and wait.'),
      time,
    },
    'outbox:depth': {
      componentType: 'component',
      ...verdict(outboxDepth <= backlogWarning, 'warn', `More than ${backlogWarning} entries wait.`),
      observedValue: outboxDepth,
      observedUnit: 'entries',
      time,
    },
    'jobs:backlog': backlogCheck(jobs.backlog.due, time),
    ...providerChecks(providers),
    ...books,
  };
  return { status: worst(Object.values(checks)), checks };
}

/** Names the types of which most wait. */
function backlogCheck(due: ApiContext['jobs']['backlog']['due'], time: Date): HealthCheck {
  const waiting = due.reduce((sum, one) => sum + one.due, 0);
  const most = due.slice(0, typesNamed).map((one) => `${one.due} of ${one.type}`);
  return {
    componentType: 'component',
    ...verdict(
      waiting <= backlogWarning,
      'warn',
      `More than ${backlogWarning} jobs wait: ${most.join(', ')}.`,
    ),
    observedValue: waiting,
    observedUnit: 'jobs',
    time,
  };
}

/** Those that have been looked at by now. */
function providerChecks(providers: ReadonlyMap<string, KnownReach>): Record<string, HealthCheck> {
  const checks = [...providers].flatMap(([name, { last }]) => {
    if (!last) return [];
    const warning = verdict(last.isThere, 'warn', 'It is out of reach: orders that need it wait.');
    return [[`${name}:reachable`, { componentType: 'system', ...warning, time: last.at }] as const];
  });
  return Object.fromEntries(checks);
}

/** What Postgres knows; undefined where it has gone away meanwhile. */
async function lookIntoBooks(
  { pool, jobTypes }: Pick<Looked, 'pool' | 'jobTypes'>,
  stalledMs: number,
  time: Date,
): Promise<Record<string, HealthCheck> | undefined> {
  const looks = [
    isStalled(pool, stalledMs),
    listStalled(pool, jobTypes, stalledMs),
    listUnknown(pool),
    countOpen(pool),
  ] as const;
  const looked = await Promise.all(looks).catch((error: unknown) => {
    if (error instanceof Failure) return undefined;
    throw error;
  });
  if (!looked) return undefined;
  const [stalled, stalledQueues, unknown, findings] = looked;
  const waits = stalledQueues.map(({ queue, types }) => `${types.join(', ')} in ${queue}`);
  const imbalances = findings.find(({ kind }) => kind === 'imbalance')?.open ?? 0;
  return {
    'orders:progress': {
      componentType: 'component',
      ...verdict(!stalled, 'warn', `Work waits, and nothing has gone on for ${stalledMs / 1_000} s.`),
      time,
    },
    'jobs:progress': {
      componentType: 'component',
      ...verdict(
        waits.length === 0,
        'warn',
        `Jobs wait, and nothing of their queue has gone on for ${stalledMs / 1_000} s: ${waits.join('; ')}.`,
      ),
      time,
    },
    'jobs:types': {
      componentType: 'component',
      ...verdict(unknown.length === 0, 'warn', `Workers do not know ${unknown.join(', ')}: such jobs wait.`),
      time,
    },
    'books:imbalances': {
      componentType: 'component',
      ...verdict(imbalances === 0, 'warn', 'Money or stock does not balance; a person has to look.'),
      observedValue: imbalances,
      observedUnit: 'findings',
      time,
    },
  };
}

function verdict(
  good: boolean,
  otherwise: 'warn' | 'fail',
  output: string,
): Pick<HealthCheck, 'status' | 'output'> {
  return good ? { status: 'pass' } : { status: otherwise, output };
}

function worst(checks: readonly HealthCheck[]): HealthStatus {
  return healthStatuses.findLast((status) => checks.some((check) => check.status === status)) ?? 'pass';
}
