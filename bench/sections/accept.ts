import { createPool } from '../../src/db/pool.ts';
import { measure as interleaved } from '../accept/compare.ts';
import { bareSubject, httpSubject, type Subject } from '../accept/subjects.ts';
import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import { duration, quantile } from '../shop/figures.ts';
import { inTurn } from './in-turn.ts';
import type { Section } from './section.ts';

const behindTheDoor = ['worker-1', 'worker-2', 'temporal'];

/** Enough that one call does not meet the dust of the one before. */
const pauseMs = 5;
const single = { calls: 200, warmUps: 400 };
const crowd = { clients: 32, calls: 1_600, warmUps: 800 };

/** As many connections as the API has, so that neither waits longer for one. */
const connections = 20;
const limits = { lockTimeoutMs: 10_000, statementTimeoutMs: 30_000, connectTimeoutMs: 30_000 };

interface Figures {
  readonly p50: number;
  readonly p99: number;
  /** Null where the clients pause. */
  readonly perSecond: number | null;
}

/** Accepting beside a bare insert of the same rows, with nothing behind the door: Temporal and the workers are away. */
export const accept: Section = {
  title: 'Accepting an order',
  alone: true,
  async run({ shop, rounds }) {
    const pool = createPool(
      {
        url: shop.constellation.urls.database,
        applicationName: 'bare',
        maxConnections: connections,
        ...limits,
      },
      () => undefined,
    );
    const base = bareSubject({ ...shop, pool });
    const http = await httpSubject(shop);
    for (const name of behindTheDoor) await shop.outages.crash(name);
    const measured = {
      '1 client': await oneByOne(http, base, rounds),
      [`${crowd.clients} clients`]: await inCrowds(http, base, rounds),
    };
    await pool.end();
    return {
      tables: [
        {
          columns: ['', 'p50', 'p99', 'a second'],
          rows: Object.entries(measured).flatMap(([name, [served, inserted]]) => [
            [`POST /orders, ${name}`, ...cells(served)],
            [`bare insert, ${name}`, ...cells(inserted)],
            [`POST / bare, ${name}`, ...quotients(served, inserted)],
          ]),
        },
      ],
      notes: [
        `min / median / max of ${rounds} rounds. POST: from the call to the last byte of its answer. Bare: one transaction with one insert a table, from a process that has its connections open.`,
      ],
      figures: measured,
    };
  },
};

type Both = readonly [served: readonly Figures[], inserted: readonly Figures[]];

/** One client calls both in turn. */
async function oneByOne(http: Subject, base: Subject, rounds: number): Promise<Both> {
  await interleaved([http, base], single.warmUps, pauseMs);
  const served: Figures[] = [];
  const inserted: Figures[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const durations = await interleaved([http, base], single.calls, pauseMs);
    served.push({ ...spreadOf(durations.get(http.name) ?? []), perSecond: null });
    inserted.push({ ...spreadOf(durations.get(base.name) ?? []), perSecond: null });
  }
  return [served, inserted];
}

/** Many clients call the one, then the other. */
async function inCrowds(http: Subject, base: Subject, rounds: number): Promise<Both> {
  for (const subject of [http, base]) await throng(subject, crowd.warmUps);
  const figures = await inTurn([http, base], rounds, (subject) => throng(subject, crowd.calls));
  return [figures.get(http) ?? [], figures.get(base) ?? []];
}

async function throng(subject: Subject, calls: number): Promise<Figures> {
  const durations: number[] = [];
  let begun = 0;
  async function client(): Promise<void> {
    while (begun < calls) {
      begun += 1;
      const startedMs = performance.now();
      await subject.accept();
      durations.push(performance.now() - startedMs);
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: crowd.clients }, client));
  return { ...spreadOf(durations), perSecond: (calls * 1_000) / (performance.now() - startedMs) };
}

function spreadOf(durations: readonly number[]): Pick<Figures, 'p50' | 'p99'> {
  return { p50: quantile(durations, 0.5), p99: quantile(durations, 0.99) };
}

const keys = ['p50', 'p99', 'perSecond'] as const satisfies (keyof Figures)[];

function cells(figures: readonly Figures[]): string[] {
  return keys.map((key) => {
    const values = figures.flatMap((round) => round[key] ?? []);
    return values.length === 0 ? '' : shown(rangeOf(values), key === 'perSecond' ? plain : duration);
  });
}

function quotients(served: readonly Figures[], inserted: readonly Figures[]): string[] {
  return keys.map((key) => {
    const [values, bases] = [served, inserted].map((figures) => figures.flatMap((round) => round[key] ?? []));
    return values?.length ? shown(rangeOf(ratios(values, bases ?? [])), plain) : '';
  });
}
