/**
 * `npm run topology [-- --orders=80 --perSecond=8 --silentMs=10000 --write]`: two APIs and three workers at work, while each
 * process is killed in turn and each connection cut. Prints a line for each; `--write` puts the table into README.md. Ends
 * with 1 when something did not hold.
 */
import { parseArgs } from 'node:util';
import { withNumbers } from './number-options.ts';
import { writeBlocks } from './report/document.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { toMarkdown } from './report/table.ts';
import { runTopology, topology } from './scenarios/topology.ts';
import { withShop } from './shop/with-shop.ts';

const { values } = parseArgs({ strict: false });
const { write = false, ...numbers } = values;
const say = (line: string) => console.log(line);
let exitCode = 0;
try {
  const options = withNumbers(topology.full, numbers);
  await withShop({ ...topology.shop, say }, async (shop) => {
    const { table, summary } = await runTopology(shop, options, say);
    const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
    const how = `${options.perSecond} orders a second over two APIs; ${summary}.`;
    if (write === true) await writeBlocks({ topology: [toMarkdown(table), how, facts].join('\n\n') });
  });
  say('held');
} catch (error) {
  exitCode = 1;
  console.error('DID NOT HOLD', error);
}
process.exit(exitCode);
