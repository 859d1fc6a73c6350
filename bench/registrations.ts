/**
 * `npm run bench:registrations [-- --few=40 --many=160 --rounds=3 --write]`: the same registration done inside the request and
 * offloaded, by one client (`few` registrations) and by 16 (`many`), while the mail server is healthy, slow and down. `--write`
 * puts the table into README.md and the figures into results.json.
 */
import { parseArgs } from 'node:util';
import { withNumbers } from './number-options.ts';
import { untilAtRest, welcomed } from './registrations/books.ts';
import { startInRequest } from './registrations/in-request/start.ts';
import { mailStates, whileMailServerIs } from './registrations/mail-server.ts';
import { measure } from './registrations/measure.ts';
import { outcomeOf, type Row } from './registrations/outcome.ts';
import { avatar } from './registrations/visitor.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { committedResults, printed, writeResults, writeTables, type Result } from './report/results.ts';
import { inTurn } from './sections/in-turn.ts';
import { withShop } from './shop/with-shop.ts';

const { values } = parseArgs({ strict: false });
const { write = false, ...given } = values;
const options = withNumbers({ few: 40, many: 160, rounds: 3 }, given);

const env = { RATE_LIMIT_PER_ADDRESS: '1000000' };
const crowds = [
  { clients: 1, count: options.few },
  { clients: 16, count: options.many },
];
const warmUp = { clients: 4, count: 40 };

const say = (line: string) => console.log(`  ${line}`);
await withShop({ env, say }, async (shop) => {
  const picture = await avatar();
  const inRequest = await startInRequest(shop);
  const ways = [
    { name: 'in the request', url: inRequest.url },
    { name: 'offloaded', url: shop.constellation.urls.api },
  ];
  for (const { url } of ways) await measure(url, picture, warmUp);
  await untilAtRest(shop);

  const rows: Row[] = [];
  for (const mailServer of mailStates) {
    for (const crowd of crowds) {
      const figures = await inTurn(ways, options.rounds, async ({ url, name }) => {
        const { registered, ...seen } = await whileMailServerIs(shop, mailServer, () =>
          measure(url, picture, crowd),
        );
        const restSeconds = await untilAtRest(shop);
        say(`${name}, ${mailServer}, ${crowd.clients}: p50 ${seen.p50.toFixed(1)} ms`);
        const mails = await welcomed(shop, registered);
        return { ...seen, registered: registered.length, welcomed: mails, restSeconds };
      });
      for (const way of ways)
        rows.push({
          way: way.name,
          mailServer,
          clients: crowd.clients,
          rounds: figures.get(way) ?? [],
        });
    }
  }
  await inRequest.close();
  const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
  const result: Result = { title: 'Registrations', facts, ...outcomeOf(rows, picture.length) };
  console.log(`\n${printed(result)}\n`);
  if (write === true) {
    writeResults(committedResults, { registrations: result });
    await writeTables({ registrations: result });
  }
});
process.exit(0);
