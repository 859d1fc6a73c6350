import { idsOf, type Runner } from '../runners/runner.ts';
import { quantile } from '../shop/figures.ts';
import { until } from '../shop/wait.ts';

/** How soon orders were accepted, and confirmed, in milliseconds. */
export interface OrderFigures {
  readonly acceptP50: number;
  readonly acceptP99: number;
  readonly confirmedP50: number;
  readonly confirmedP99: number;
}

const confirmTimeoutMs = 120_000;
const pollMs = 250;

/** Places orders at a steady pace and waits until all of them are confirmed, whatever else goes on. */
export async function measureOrders(
  runner: Runner,
  pattern: { readonly count: number; readonly perSecond: number },
): Promise<OrderFigures> {
  const sending = await runner.send(pattern);
  const ids = idsOf(sending);
  const confirmedAt = await until(
    'all orders are confirmed',
    confirmTimeoutMs,
    async () => {
      const courses = await runner.courses(ids);
      const confirmed = [...courses].flatMap(([id, { confirmedMs }]): [string, number][] =>
        Number.isFinite(confirmedMs) && confirmedMs > 0 ? [[id, confirmedMs]] : [],
      );
      return confirmed.length === ids.length ? new Map(confirmed) : undefined;
    },
    pollMs,
  );
  const accepted = sending.sent.map(({ durationMs }) => durationMs);
  const confirmed = sending.sent.map(({ id, atMs }) => (confirmedAt.get(id ?? '') ?? Number.NaN) - atMs);
  return {
    acceptP50: quantile(accepted, 0.5),
    acceptP99: quantile(accepted, 0.99),
    confirmedP50: quantile(confirmed, 0.5),
    confirmedP99: quantile(confirmed, 0.99),
  };
}
