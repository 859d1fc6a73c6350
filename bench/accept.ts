/**
 * `npm run bench:accept`: how long accepting an order takes beside a bare transaction that inserts the same rows into the
 * same database, interleaved in one run: first with everything at work, then the door alone, Temporal and the workers away,
 * so that nothing but accepting is measured. Ends with 1 when the door alone misses the aim.
 */
import { compare } from './accept/compare.ts';
import { bareSubject, httpSubject, statementsSubject } from './accept/subjects.ts';
import { verifyBooks } from './shop/books.ts';
import { withShop } from './shop/with-shop.ts';

/** p50 over HTTP against p50 of the bare transaction. */
const aim = 1.5;

const behindTheDoor = ['worker-1', 'worker-2', 'temporal'];

/** Enough that one call does not meet the dust of the one before. */
const alone = { rounds: 7, perRound: 100, warmUps: 200, pauseMs: 5 };

/** What an order sets off behind its acceptance has mostly passed by then. */
const atWork = { rounds: 5, perRound: 40, warmUps: 20, pauseMs: 150 };

const restTimeoutMs = 600_000;

let ratio = Infinity;
await withShop({ env: { SANDBOX_CARRIER_STEP_MS: '200' }, say: console.log }, async (shop) => {
  const base = bareSubject(shop);
  const subjects = [await httpSubject(shop), statementsSubject(shop), base];
  console.log('\neverything at work');
  await compare(subjects, base, atWork, console.log);
  console.log((await verifyBooks(shop, restTimeoutMs)).summary);
  for (const name of behindTheDoor) await shop.outages.crash(name);
  console.log('\nthe door alone');
  ratio = await compare(subjects, base, alone, console.log);
});
const held = ratio <= aim;
console.log(
  `\naccepting takes ${ratio.toFixed(2)} times the bare transaction; the aim is ${aim}: ${held ? 'held' : 'MISSED'}`,
);
process.exit(held ? 0 : 1);
