/**
 * `npm run chaos -- <scenario> [--seed 7] [--orders 200] …`: runs a scenario, or `all` of them, on everything that
 * `npm start` starts, prints its figures, and ends with 1 when something did not hold.
 */
import { parseArgs } from 'node:util';
import { flashSale } from './scenarios/flash-sale.ts';
import { postgresKill } from './scenarios/postgres-kill.ts';
import { replyLost } from './scenarios/reply-lost.ts';
import { sameKey } from './scenarios/same-key.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { stripeDown } from './scenarios/stripe-down.ts';
import { temporalDown } from './scenarios/temporal-down.ts';
import { workerKill } from './scenarios/worker-kill.ts';
import { openShop } from './shop/open-shop.ts';

const scenarios = {
  'worker-kill': scenario(workerKill),
  'temporal-down': scenario(temporalDown),
  'stripe-down': scenario(stripeDown),
  'reply-lost': scenario(replyLost),
  'flash-sale': scenario(flashSale),
  'same-key': scenario(sameKey),
  'postgres-kill': scenario(postgresKill),
};
type Name = keyof typeof scenarios;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    orders: { type: 'string' },
    rounds: { type: 'string' },
    buyers: { type: 'string' },
    pieces: { type: 'string' },
  },
});
const changes = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
const asked = positionals.includes('all') ? Object.keys(scenarios) : positionals;
if (asked.length === 0 || !asked.every(isScenario)) {
  console.error(`usage: npm run chaos -- ${Object.keys(scenarios).join(' | ')} | all`);
  process.exit(2);
}
let failed = 0;
for (const name of asked.filter(isScenario)) {
  console.log(`\n${name}`);
  try {
    await scenarios[name]();
    console.log('  held');
  } catch (error) {
    failed += 1;
    console.error(`  DID NOT HOLD:`, error);
  }
}
process.exit(failed === 0 ? 0 : 1);

function say(line: string): void {
  console.log(`  ${line}`);
}

function isScenario(name: string): name is Name {
  return Object.hasOwn(scenarios, name);
}

function scenario<Options extends object>({ shop: shopOptions, full, run }: Scenario<Options>) {
  return async () => {
    const shop = await openShop({ ...shopOptions, say });
    for (const description of shop.constellation.descriptions) say(description);
    try {
      await run(shop, { ...full, ...changes }, say);
    } finally {
      await shop.close();
    }
  };
}
