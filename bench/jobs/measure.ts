import { startCpuMeter, type CpuUse } from '../cpu/meter.ts';
import { restTimeoutMs } from '../sections/section.ts';
import { quantile } from '../shop/figures.ts';
import { until } from '../shop/wait.ts';
import type { Kind } from './kinds.ts';
import { send, type SentStage, type Stage } from './send.ts';
import type { JobSubject } from './subject.ts';

/** How long accepting takes, in milliseconds. */
export interface Accepting {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

/** One round of one subject. */
export interface Figures {
  readonly single: Accepting;
  readonly crowd: Accepting;
  /** From the release of those that wait to the end of the last one. */
  readonly perSecond: number;
  /** Milliseconds of CPU for one job, by process: until it waits, and from then on. */
  readonly acceptCpuMs: CpuUse;
  readonly cpuMs: CpuUse;
}

const mostSingles = 300;
const crowdClients = 32;

/** One in so many of a stage's first calls is not counted. */
const warmUpShare = 5;

/** The way in which so many jobs are sent: some by one client, the others by many at once. */
function stagesOf(jobs: number): [single: Stage, crowd: Stage] {
  const singles = Math.min(mostSingles, Math.ceil(jobs / warmUpShare));
  const stage = (count: number, clients: number) => ({
    count,
    clients,
    warmUps: Math.ceil(count / warmUpShare),
  });
  return [stage(singles, 1), stage(jobs - singles, crowdClients)];
}

/** Has so many jobs wait, then be done. */
export async function measure(subject: JobSubject, kind: Kind, jobs: number): Promise<Figures> {
  await subject.hold(kind);
  const accepting = startCpuMeter(subject.processes(kind));
  const stages = stagesOf(jobs);
  const sent = await send(subject.address(kind), stages);
  const acceptCpu = { ...accepting.stop(), ...(subject.sends && { sender: sent.cpuMs }) };
  const [single, crowd] = stages.map((stage, at) => acceptingOf(stage, sent.stages[at]));
  if (!single || !crowd) throw new Error('a stage was not played');

  const working = startCpuMeter(subject.processes(kind));
  const startedMs = Date.now();
  await subject.release(kind);
  const endedMs = await until(
    `the end of ${jobs} jobs of ${subject.name}`,
    restTimeoutMs,
    () => subject.lastEnd(kind, jobs),
    lookEveryMs,
  );
  const each = (use: CpuUse) =>
    Object.fromEntries(Object.entries(use).map(([name, ms]) => [name, ms / jobs]));
  return {
    single,
    crowd,
    perSecond: (jobs * 1_000) / (endedMs - startedMs),
    acceptCpuMs: each(acceptCpu),
    cpuMs: each(working.stop()),
  };
}

/** Whoever looks takes some of the processor as well. */
const lookEveryMs = 200;

function acceptingOf({ count }: Stage, sent: SentStage | undefined): Accepting {
  const { durationsMs = [], tookMs = Number.NaN } = sent ?? {};
  return {
    p50: quantile(durationsMs, 0.5),
    p99: quantile(durationsMs, 0.99),
    perSecond: (count * 1_000) / tookMs,
  };
}
