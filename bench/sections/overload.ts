import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { plain, rangeOf, shown } from '../report/range.ts';
import type { Sending } from '../runners/send.ts';
import { duration, quantile } from '../shop/figures.ts';
import type { Shop } from '../shop/open-shop.ts';
import { untilAllEnded } from '../shop/orders.ts';
import { restTimeoutMs, type Section } from './section.ts';
import { capacityOf } from './throughput.ts';

const seconds = 15;
const factor = 2;
const countEveryMs = 250;

interface Figures {
  readonly offered: number;
  readonly shed: number;
  readonly acceptP50: number;
  readonly acceptP99: number;
  readonly deepestOutbox: number;
  readonly mostOpen: number;
  /** From the last call until every order has ended. */
  readonly recoveredMs: number;
}

/** Twice as many orders as go through: what is refused, how long an answer takes, how long it takes to catch up. */
export const overload: Section = {
  title: 'Twice as many orders as go through',
  async run({ shop, runners, rounds, say }) {
    const [service] = await runners();
    const capacity = await capacityOf(service);
    const perSecond = Math.round(capacity * factor);
    say(`${plain(capacity)} a second go through, ${perSecond} are offered`);
    const figures: Figures[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const depths = watchDepths(shop);
      const sending = await service.send({ count: perSecond * seconds, perSecond });
      const overMs = performance.now();
      await untilAllEnded(shop, restTimeoutMs);
      const recoveredMs = performance.now() - overMs;
      figures.push({ ...answersOf(sending), ...(await depths.stop()), recoveredMs });
      await service.untilAtRest(restTimeoutMs);
      say(`round ${round + 1}: caught up after ${duration(recoveredMs)}`);
    }
    const cell = (key: keyof Figures) => shown(rangeOf(figures.map((round) => round[key])), shows[key]);
    return {
      tables: [{ columns: ['', 'min / median / max'], rows: keys.map((key) => [titles[key], cell(key)]) }],
      notes: [
        `${perSecond} orders a second for ${seconds} s, where ${plain(capacity)} go through; ${rounds} rounds. Orders are refused only when the outbox holds OUTBOX_MAX_DEPTH entries.`,
      ],
      figures: { capacity, perSecond, rounds: figures },
    };
  },
};

const titles: Readonly<Record<keyof Figures, string>> = {
  offered: 'orders offered',
  shed: 'refused',
  acceptP50: 'accepted, p50',
  acceptP99: 'accepted, p99',
  deepestOutbox: 'most entries in the outbox',
  mostOpen: 'most orders open',
  recoveredMs: 'all ended after the last call',
};
const keys = [
  'offered',
  'shed',
  'acceptP50',
  'acceptP99',
  'deepestOutbox',
  'mostOpen',
  'recoveredMs',
] as const satisfies (keyof Figures)[];
const shows: Readonly<Record<keyof Figures, (value: number) => string>> = {
  offered: String,
  shed: String,
  acceptP50: duration,
  acceptP99: duration,
  deepestOutbox: String,
  mostOpen: String,
  recoveredMs: duration,
};

function answersOf({ sent }: Sending): Pick<Figures, 'offered' | 'shed' | 'acceptP50' | 'acceptP99'> {
  const accepted = sent.filter(({ id }) => id !== null).map(({ durationMs }) => durationMs);
  return {
    offered: sent.length,
    shed: sent.length - accepted.length,
    acceptP50: quantile(accepted, 0.5),
    acceptP99: quantile(accepted, 0.99),
  };
}

/** Counts now and then what waits in the outbox and how many orders are open. */
function watchDepths({ pool }: Shop): { stop: () => Promise<Pick<Figures, 'deepestOutbox' | 'mostOpen'>> } {
  const most = { deepestOutbox: 0, mostOpen: 0 };
  async function look(): Promise<void> {
    const [row] = await query<{ outbox: number; open: number }>(
      pool,
      sql`select (select count(*) from outbox) as outbox, (select count(*) from open_orders) as open`,
    );
    most.deepestOutbox = Math.max(most.deepestOutbox, row?.outbox ?? 0);
    most.mostOpen = Math.max(most.mostOpen, row?.open ?? 0);
  }
  let looked = look();
  const looking = setInterval(() => {
    looked = looked.then(look);
  }, countEveryMs);
  return {
    async stop() {
      clearInterval(looking);
      await looked;
      return most;
    },
  };
}
