import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import type { Table } from '../report/table.ts';
import { duration, quantile } from '../shop/figures.ts';
import { untilAllEnded } from '../shop/orders.ts';
import type { Shop } from '../shop/open-shop.ts';
import { placePaced } from '../shop/pace.ts';
import { send } from './send.ts';
import type { JobSubject } from './subject.ts';

const perSecond = 2;
const count = 60;
const clients = 32;
const restTimeoutMs = 300_000;

/** What there is beside the orders. */
const situations = ['no jobs', 'jobs that wait', 'jobs that are done meanwhile'] as const;

/** How long orders take to be accepted beside so many jobs, in milliseconds: p50 and p99, round by round. */
export async function ordersTable(
  shop: Shop,
  subject: JobSubject,
  jobs: number,
  rounds: number,
): Promise<Table> {
  const kind = 'sql';
  const p50: number[][] = [[], [], []];
  const p99: number[][] = [[], [], []];

  async function place(at: number): Promise<void> {
    const { durationsMs } = await placePaced(shop.constellation.urls.api, { perSecond, count });
    p50[at]?.push(quantile(durationsMs, 0.5));
    p99[at]?.push(quantile(durationsMs, 0.99));
    await untilAllEnded(shop, restTimeoutMs);
  }

  await placePaced(shop.constellation.urls.api, { perSecond, count });
  await untilAllEnded(shop, restTimeoutMs);
  for (let round = 0; round < rounds; round += 1) {
    await subject.hold(kind);
    await place(0);
    await send(subject.address(kind), [{ count: jobs, clients, warmUps: 0 }]);
    await place(1);
    await subject.release(kind);
    await place(2);
  }
  return {
    columns: [
      `${perSecond} orders a second beside ${jobs} jobs`,
      'accepted p50',
      'accepted p99',
      'p50 / p50',
    ],
    rows: situations.map((name, at) => [name, cell(p50[at]), cell(p99[at]), beside(p50[at], p50[0])]),
  };
}

function cell(values: readonly number[] = []): string {
  return shown(rangeOf(values), duration);
}

function beside(values: readonly number[] = [], bases: readonly number[] = []): string {
  return shown(rangeOf(ratios(values, bases)), plain);
}
