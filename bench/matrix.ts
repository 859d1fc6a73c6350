/**
 * `npm run matrix [-- worker api postgres temporal --write]`: every point at which an order can be, with everything that can
 * die there, by SIGKILL; how soon the order goes on and ends. `--write` puts the table into README.md. Ends with 1 when an
 * order did not end as it has to.
 */
import { parseArgs } from 'node:util';
import { dieInTheApi } from './matrix/api-deaths.ts';
import { findCases } from './matrix/cases.ts';
import { dieAtEveryPoint, victims, type Death, type Victim } from './matrix/deaths.ts';
import { matrixOf } from './matrix/matrix-table.ts';
import { watchOrders } from './matrix/order-watch.ts';
import { stock } from './matrix/stories.ts';
import { writeBlocks } from './report/document.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { toMarkdown, toText } from './report/table.ts';
import { withShop } from './shop/with-shop.ts';
import { quietTemporal } from '../test/support/quiet-temporal.ts';

const patienceMs = 120_000;

/** Parcels move by hand. An operator would otherwise be called while a server is away for long. */
const env = { SANDBOX_CARRIER_STEP_MS: '0', ORDER_ATTEMPTS_BEFORE_ATTENTION: '100' };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const asked = positionals.length === 0 ? victims : positionals.filter(isVictim);
if (asked.length < positionals.length) {
  console.error(`usage: npm run matrix -- [${victims.join(' | ')}] … [--write]`);
  process.exit(2);
}
const say = (line: string) => console.log(line);
quietTemporal();
let exitCode = 0;
try {
  await withShop({ env, workers: 0, links: true, say }, async (shop) => {
    await stock(shop);
    const watch = watchOrders(shop.pool, patienceMs);
    const cases = await findCases(shop, watch);
    say(`${cases.length} points`);
    const deaths = new Map<Victim, Death[]>();
    for (const victim of asked) {
      deaths.set(victim, await dieAtEveryPoint(victim, cases, shop, watch));
      say(`${victim}: every order ended as it had to, and the books are right`);
    }
    const apiDeaths = asked.includes('api') ? await dieInTheApi(shop, watch) : [];
    watch.stop();
    const table = matrixOf(cases, deaths, apiDeaths);
    say(`\n${toText(table)}\n`);
    const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
    if (values.write) await writeBlocks({ matrix: [toMarkdown(table), facts].join('\n\n') });
  });
} catch (error) {
  exitCode = 1;
  console.error('DID NOT HOLD', error);
}
process.exit(exitCode);

function isVictim(name: string): name is Victim {
  return victims.some((victim) => victim === name);
}
