/**
 * `npm run bench:accept`: how long accepting an order takes beside a bare transaction that inserts the same rows into the
 * same database, interleaved in one run. Ends with 1 when the median of the rounds' ratios is beyond the aim.
 */
import { bareSubject, httpSubject, statementsSubject, type Subject } from './accept/subjects.ts';
import { verifyBooks } from './shop/books.ts';
import { duration, median, quantile } from './shop/figures.ts';
import type { Shop } from './shop/open-shop.ts';
import { withShop } from './shop/with-shop.ts';
import { setTimeout as pause } from 'node:timers/promises';

const rounds = 7;
const perRound = 60;
const warmUps = 60;

/** Between two calls: what an order sets off behind its acceptance has mostly passed by then. */
const pauseMs = 150;

/** p50 over HTTP against p50 of the bare transaction. */
const aim = 1.5;
const restTimeoutMs = 300_000;

/** The durations of one round by subject, in milliseconds. */
type Round = ReadonlyMap<string, readonly number[]>;

let held = false;
await withShop({ env: { SANDBOX_CARRIER_STEP_MS: '200' }, say: console.log }, async (shop) => {
  const bare = bareSubject(shop);
  const subjects = [await httpSubject(shop), statementsSubject(shop), bare];
  await measure(subjects, warmUps);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const durations = await measure(subjects, perRound);
    measured.push(durations);
    const medians = [...durations].map(([name, ms]) => `${name} ${duration(median(ms))}`);
    console.log(`round ${round}, p50: ${medians.join(' · ')}`);
  }
  held = tell(measured, subjects, bare);
  await sayBooks(shop);
});
process.exit(held ? 0 : 1);

async function measure(subjects: readonly Subject[], times: number): Promise<Round> {
  const durations = new Map(subjects.map(({ name }): [string, number[]] => [name, []]));
  for (let turn = 0; turn < times; turn += 1) {
    // Each goes first as often as the others.
    for (const subject of rotated(subjects, turn)) {
      await pause(pauseMs);
      const startedMs = performance.now();
      await subject.accept();
      durations.get(subject.name)?.push(performance.now() - startedMs);
    }
  }
  return durations;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** Prints the figures over all rounds; gives whether the aim was held. */
function tell(measured: readonly Round[], subjects: readonly Subject[], bare: Subject): boolean {
  const each = (name: string, share: number) =>
    measured.map((round) => quantile(round.get(name) ?? [], share));
  const ratios = (name: string, share: number) => {
    const base = each(bare.name, share);
    return each(name, share).map((value, round) => value / (base[round] ?? Number.NaN));
  };
  for (const { name } of subjects) {
    sayRange(`${name}, p50`, each(name, 0.5), duration);
    sayRange(`${name}, p99`, each(name, 0.99), duration);
  }
  for (const { name } of subjects.filter((subject) => subject !== bare)) {
    sayRange(`${name} / bare, p50`, ratios(name, 0.5), (ratio) => ratio.toFixed(2));
    sayRange(`${name} / bare, p99`, ratios(name, 0.99), (ratio) => ratio.toFixed(2));
  }
  const ratio = median(ratios(subjects[0]?.name ?? '', 0.5));
  const outcome = ratio <= aim ? 'held' : 'MISSED';
  console.log(
    `accepting takes ${ratio.toFixed(2)} times the bare transaction at p50; the aim is ${aim}: ${outcome}`,
  );
  return ratio <= aim;
}

function sayRange(what: string, values: readonly number[], show: (value: number) => string): void {
  const [least, middle, most] = [0, 0.5, 1].map((share) => show(quantile(values, share)));
  console.log(`${what}, over ${values.length} rounds: min ${least} · median ${middle} · max ${most}`);
}

async function sayBooks(shop: Shop): Promise<void> {
  console.log((await verifyBooks(shop, restTimeoutMs)).summary);
}
