/**
 * `npm run bench:export [-- csv xlsx pdf --orders=1000000 --write]`: that many orders written into a file of each format by the
 * worker for heavy jobs, as it is shipped: how long it takes, and how much memory. `--write` puts the table into README.md and
 * the figures into results.json. Ends with 1 when an export takes more memory than it may.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { exportFormats, type ExportFormat } from '../src/domain/table.ts';
import { residentOf } from './export/memory.ts';
import { outcomeOf, rowOf } from './export/outcome.ts';
import { exportAll, heavyPart, type Exported } from './export/run.ts';
import { seedOrders } from './export/seed.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { committedResults, printed, writeResults, writeTables, type Results } from './report/results.ts';
import { withShop } from './shop/with-shop.ts';

/** The most memory that the worker and its helpers may take together, as a container would count it. */
const maxMegabytes = 300;
const megabyte = 1_000_000;

/** Longer than a helper process without work is kept (exports/documents.ts), so that each format begins alike. */
const restMs = 35_000;

/** The orders that are seeded are rows without a story, which the reconciler would look into. */
const env = { RECONCILE_EVERY_MS: '86400000', RATE_LIMIT_PER_ADDRESS: '1000000' };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    orders: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
});
const count = Number(values.orders);
const formats = positionals.length === 0 ? exportFormats : positionals.filter(isFormat);
if (formats.length < positionals.length || !(count >= 1)) {
  console.error(
    `usage: npm run bench:export -- [${exportFormats.join(' | ')}] … [--orders=1000000] [--write]`,
  );
  process.exit(2);
}

const say = (line: string) => console.log(`  ${line}`);
let held = false;
await withShop({ env, workers: 1, say }, async (shop) => {
  const startedMs = performance.now();
  await seedOrders(shop.pool, count);
  say(`${count} orders after ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  const idle = residentOf(shop.constellation.part(heavyPart).pid ?? 0);
  const outcomes: [ExportFormat, Exported][] = [];
  for (const format of formats) {
    if (outcomes.length > 0) await pause(restMs);
    const exported = await exportAll(shop, format);
    say(rowOf(format, exported).join('  '));
    outcomes.push([format, exported]);
  }
  const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
  const result = { title: 'Export', facts, ...outcomeOf(idle.own + idle.files, outcomes) };
  console.log(`\n${printed(result)}\n`);
  if (values.write) {
    const results: Results = { export: result };
    writeResults(committedResults, results);
    await writeTables(results);
  }
  held = outcomes.every(([, { memory, rows }]) => rows === count && memory.inFact < maxMegabytes * megabyte);
});
process.exit(held ? 0 : 1);

function isFormat(name: string): name is ExportFormat {
  return exportFormats.some((format) => format === name);
}
