import { stopRequest } from '../../dev/supervisor/signals.ts';
import { openShop, type Shop, type ShopOptions } from './open-shop.ts';

const stop = stopRequest();

/** Opens a shop, says what it runs on, and closes it whatever `work` does; Ctrl-C closes it as well and ends the process. */
export async function withShop(
  options: ShopOptions & { say: (line: string) => void },
  work: (shop: Shop) => Promise<void>,
): Promise<void> {
  const opening = openShop({ ...options, signal: stop.signal });
  void stop.arrived.then(async () => {
    options.say(`${stop.signal.reason}: stopping …`);
    await (await opening.catch(() => undefined))?.close();
    process.exit(130);
  });
  const shop = await opening;
  for (const description of shop.constellation.descriptions) options.say(description);
  try {
    await work(shop);
  } finally {
    await shop.close();
  }
}
