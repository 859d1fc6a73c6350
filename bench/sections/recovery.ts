import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { rangeOf, shown } from '../report/range.ts';
import { idsOf } from '../runners/runner.ts';
import { duration, quantile } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { endsAfter, stallsAt } from '../shop/recovery.ts';
import { until } from '../shop/wait.ts';
import { restTimeoutMs, type Section } from './section.ts';

const count = 200;
const clients = 50;
const victims = ['worker-1', 'worker-2'];

/** SIGKILL to one of two workers in the midst of many orders: how long they stand still. */
export const recovery: Section = {
  title: 'A worker dies',
  async run({ shop, runners, rounds, say }) {
    const [service] = await runners();
    const figures: Figures[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const victim = victims[round % victims.length] ?? '';
      const sending = service.send({ count, clients });
      await untilHalfIsUnderWay(shop);
      const killedMs = Date.now();
      const backMs = await shop.outages.kill(victim);
      idsOf(await sending);
      await service.untilAtRest(restTimeoutMs);
      const [stalls, ends] = await Promise.all([
        stallsAt(shop.pool, killedMs),
        endsAfter(shop.pool, killedMs),
      ]);
      figures.push(figuresOf(stalls, ends, backMs));
      say(`round ${round + 1}: ${victim} killed with ${ends.length} orders in flight`);
    }
    const cell = (key: keyof Figures) => shown(rangeOf(figures.map((round) => round[key])), shows[key]);
    return {
      tables: [{ columns: ['', 'min / median / max'], rows: keys.map((key) => [titles[key], cell(key)]) }],
      notes: [
        `${count} orders from ${clients} clients, one of two workers killed when half of them were confirmed; ${rounds} rounds.`,
      ],
      figures: { rounds: figures },
    };
  },
};

interface Figures {
  readonly inFlight: number;
  readonly nextP50: number;
  readonly nextP95: number;
  readonly nextMax: number;
  readonly lastEnd: number;
  readonly backMs: number;
}

const titles: Readonly<Record<keyof Figures, string>> = {
  inFlight: 'orders in flight at the kill',
  nextP50: 'next step, p50',
  nextP95: 'next step, p95',
  nextMax: 'next step, longest',
  lastEnd: 'all of them ended',
  backMs: 'the worker is back',
};
const keys = [
  'inFlight',
  'nextP50',
  'nextP95',
  'nextMax',
  'lastEnd',
  'backMs',
] as const satisfies (keyof Figures)[];
const shows: Readonly<Record<keyof Figures, (value: number) => string>> = {
  inFlight: String,
  nextP50: duration,
  nextP95: duration,
  nextMax: duration,
  lastEnd: duration,
  backMs: duration,
};

function figuresOf(stalls: readonly number[], ends: readonly number[], backMs: number): Figures {
  return {
    inFlight: ends.length,
    nextP50: quantile(stalls, 0.5),
    nextP95: quantile(stalls, 0.95),
    nextMax: quantile(stalls, 1),
    lastEnd: quantile(ends, 1),
    backMs,
  };
}

/** Until half of the orders that were placed just now are confirmed. */
async function untilHalfIsUnderWay({ pool }: Shop): Promise<void> {
  const since = new Date();
  await until('half of the orders confirmed', restTimeoutMs, async () => {
    const [row] = await query<{ confirmed: number }>(
      pool,
      sql`select count(*) as confirmed from orders where status in ('confirmed', 'completed') and created_at >= ${since}`,
    );
    return (row?.confirmed ?? 0) >= count / 2 || undefined;
  });
}
