import type { Table } from '../report/table.ts';
import { duration, quantile } from '../shop/figures.ts';
import type { Buyer } from '../shop/load.ts';

/** What a disturbance did, as far as it is known when it is over. */
export interface Struck {
  readonly name: string;
  /** Milliseconds since the epoch: when it struck, and when the next one may. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How long what was hit was away. */
  readonly awayMs: number;
  /** For each order in flight when it struck, in milliseconds from then: its next step, its end. */
  readonly nextStepMs: readonly number[];
  readonly endMs: readonly number[];
}

const columns = [
  'what happens',
  'back after',
  'orders in flight',
  'next step p50 / p95',
  'end p50 / p95 / max',
  'accepted after p50 / max',
  'clients heard',
];

/** A line for each disturbance, with what clients heard from it until the next one. */
export function tableOf(struck: readonly Struck[], buyers: readonly Buyer[]): Table {
  return { columns, rows: struck.map((one) => rowOf(one, buyers)) };
}

function rowOf(struck: Struck, buyers: readonly Buyer[]): string[] {
  const came = buyers.filter(({ tries: [first] }) => first && isWithin(struck, first.atMs));
  return [
    struck.name,
    duration(struck.awayMs),
    String(struck.endMs.length),
    at(struck.nextStepMs, 0.5, 0.95),
    at(struck.endMs, 0.5, 0.95, 1),
    at(came.map(acceptedAfterMs), 0.5, 1),
    heard(struck, buyers),
  ];
}

function at(values: readonly number[], ...shares: readonly number[]): string {
  return shares.map((share) => (values.length === 0 ? '–' : duration(quantile(values, share)))).join(' / ');
}

/** From a buyer's first call to the answer with an order. */
function acceptedAfterMs({ tries }: Buyer): number {
  const begunMs = Math.min(...tries.map(({ atMs }) => atMs));
  const answers = tries.filter(({ orderId }) => orderId !== null);
  return Math.min(...answers.map(({ atMs, durationMs }) => atMs + durationMs)) - begunMs;
}

/** `202 ×40, 503 ×3`: the answers to calls made in that time. */
function heard(struck: Struck, buyers: readonly Buyer[]): string {
  const tries = buyers.flatMap((buyer) => buyer.tries).filter(({ atMs }) => isWithin(struck, atMs));
  return [...Map.groupBy(tries, ({ outcome }) => outcome)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([outcome, some]) => `${outcome} ×${some.length}`)
    .join(', ');
}

function isWithin({ fromMs, toMs }: Struck, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs;
}
