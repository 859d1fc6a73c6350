/**
 * `npm run bench:heavy [-- --exports=100 --rows=20000 --orders=150 --perSecond=5 --rounds=1 --write]`: how soon orders are
 * accepted and confirmed before, while and after so many exports run, each of so many orders, of all formats in turn, and beside
 * busy loops that use as much of the processor. `--write` puts the table into README.md and the figures into results.json.
 */
import { parseArgs } from 'node:util';
import { exportOrders } from '../src/activities/jobs/export-orders/type.ts';
import { seedOrders } from './export/seed.ts';
import { startBusyLoops } from './heavy/busy-loops.ts';
import { requestExports, untilOneRuns, untilTheyEnd } from './heavy/exports.ts';
import { measureOrders, type OrderFigures } from './heavy/measure.ts';
import { outcomeOf, type Phase } from './heavy/outcome.ts';
import { withNumbers } from './number-options.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { committedResults, printed, writeResults, writeTables, type Result } from './report/results.ts';
import { serviceRunner } from './runners/service.ts';
import { withShop } from './shop/with-shop.ts';

const { values } = parseArgs({ strict: false });
const { write = false, ...given } = values;
const options = withNumbers({ exports: 100, rows: 20_000, orders: 150, perSecond: 5, rounds: 1 }, given);

/** The orders that are seeded are rows without a story, which the reconciler would look into. */
const env = {
  RECONCILE_EVERY_MS: '86400000',
  RATE_LIMIT_PER_ADDRESS: '1000000',
  SANDBOX_CARRIER_STEP_MS: '50',
};
const warmUps = 60;
/** As many as exports run at once (export-orders/type.ts). */
const busyLoops = exportOrders.concurrency ?? 1;

const say = (line: string) => console.log(`  ${line}`);
await withShop({ env, say }, async (shop) => {
  await seedOrders(shop.pool, options.rows);
  const runner = await serviceRunner(shop);
  const { perSecond, orders: count } = options;
  await measureOrders(runner, { count: warmUps, perSecond });
  const phases: Record<Phase, OrderFigures[]> = { before: [], spinning: [], during: [], after: [] };
  const exportSeconds: number[] = [];

  async function measure(phase: Phase): Promise<void> {
    const figures = await measureOrders(runner, { count, perSecond });
    phases[phase].push(figures);
    say(
      `${phase}: POST p50 ${figures.acceptP50.toFixed(1)} ms, confirmed p50 ${figures.confirmedP50.toFixed(0)} ms`,
    );
  }

  for (let round = 0; round < options.rounds; round += 1) {
    await measure('before');
    const endLoops = startBusyLoops(busyLoops);
    await measure('spinning').finally(endLoops);
    const startedMs = performance.now();
    const exports = await requestExports(shop, options.exports);
    await untilOneRuns(shop, exports);
    await measure('during');
    const left = await untilTheyEnd(shop, exports, options.rows);
    exportSeconds.push((performance.now() - startedMs) / 1_000);
    say(`${options.exports} exports after ${exportSeconds.at(-1)?.toFixed(0)} s`);
    if (left === 0)
      throw new Error('the exports had ended before the orders: ask for more of them, or for fewer orders');
    await measure('after');
  }
  const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
  const outcome = outcomeOf(phases, exportSeconds, options);
  const result: Result = { title: 'Orders beside heavy jobs', facts, ...outcome };
  console.log(`\n${printed(result)}\n`);
  if (write === true) {
    writeResults(committedResults, { heavy: result });
    await writeTables({ heavy: result });
  }
});
process.exit(0);
