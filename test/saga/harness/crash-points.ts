import type { CrashPoint } from '../../support/crashing-worker.ts';
import type { Entry } from './director.ts';
import { providerCallsOf, type Wire } from './provider-calls.ts';
import { attemptsOf } from './recording.ts';

/** A point at which the worker dies: in which activity, and exactly where. */
export interface Crash {
  readonly activity: string;
  readonly point: CrashPoint;
  /** In words. */
  readonly where: string;
  readonly local: boolean;
  /** The activity after which its order waits until all others are where they die; none for the first one. */
  readonly holdAfter: string | null;
  /** For a request that lands when its worker is dead. */
  readonly wire: Wire | null;
}

/** Every point at which a worker can die in the activities of a recording. */
export function crashPointsOf(recording: readonly Entry[]): Crash[] {
  const attempts = recording.filter(({ kind }) => kind === 'attempt');
  const labels = attemptsOf(recording);
  return labels.flatMap((label, at) => {
    const isLocal = attempts.some((one) => one.label === label && one.local);
    if (!isLocal) return pointsOfRegular(recording, label);
    const holdAfter = labels.slice(0, at).findLast((one) => isHeldUp(attempts, one));
    return pointsOfLocal(label, holdAfter ?? null);
  });
}

/** A transaction: before its commit or after it. An order cannot stop there for long, so it waits before. */
function pointsOfLocal(label: string, holdAfter: string | null): Crash[] {
  const local = { activity: label, local: true, holdAfter, wire: null };
  return [
    { ...local, point: { label, when: 'before' }, where: 'before the commit' },
    { ...local, point: { label, when: 'after' }, where: 'after the commit' },
  ];
}

/** Around every call that it makes, and after its own commit. */
function pointsOfRegular(recording: readonly Entry[], label: string): Crash[] {
  const [activity, kind = ''] = label.split(' ');
  const regular = { activity: label, local: false, holdAfter: null };
  const own = recording.filter((entry) => entry.activity === activity && entry.label.endsWith(kind));
  const calls = providerCallsOf(own).flatMap(({ call, wire }): Crash[] => [
    { ...regular, point: { label: call, when: 'before' }, where: `before ${call} is sent`, wire: null },
    { ...regular, point: { label: call, when: 'under way' }, where: `before ${call} lands`, wire },
    { ...regular, point: { label: call, when: 'after' }, where: `after the reply to ${call}`, wire: null },
  ]);
  return [...calls, { ...regular, point: { label, when: 'after' }, where: 'after the commit', wire: null }];
}

/** The order's own run waits for it, and it may take its time. */
function isHeldUp(attempts: readonly Entry[], label: string): boolean {
  const isNotice = label.includes(' ');
  return !isNotice && attempts.some((one) => one.label === label && !one.local);
}
