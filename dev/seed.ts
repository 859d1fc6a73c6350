/**
 * Puts a small catalogue with stock into the database that `DATABASE_URL` names. What is there already stays as it is, its
 * stock above all: `node dev/seed.ts` can run at any time.
 */
import { addProduct, type Product } from '../src/db/products/catalogue.ts';
import { setOnHand } from '../src/db/products/inventory.ts';
import { createPool, transaction } from '../src/db/pool.ts';

const warehouse = 'main';
const lockTimeoutMs = 10_000;

const catalogue: readonly (Omit<Product, 'price'> & { cents: number; onHand: number })[] = [
  { sku: 'COFFEE-ESPRESSO-1KG', name: 'Espresso beans, 1 kg', cents: 2490, weightGrams: 1_050, onHand: 400 },
  { sku: 'COFFEE-FILTER-500G', name: 'Filter coffee, 500 g', cents: 1350, weightGrams: 540, onHand: 250 },
  { sku: 'GRINDER-HAND', name: 'Hand grinder with steel burrs', cents: 8900, weightGrams: 780, onHand: 60 },
  { sku: 'KETTLE-GOOSENECK', name: 'Gooseneck kettle, 0.8 l', cents: 6450, weightGrams: 1_100, onHand: 45 },
  { sku: 'MUG-STONEWARE', name: 'Stoneware mug, 300 ml', cents: 1450, weightGrams: 380, onHand: 1_000 },
  { sku: 'SCALE-POCKET', name: 'Pocket scale, 0.1 g', cents: 3995, weightGrams: 310, onHand: 80 },
  {
    sku: 'FILTERS-PAPER-100',
    name: 'Paper filters, 100 pieces',
    cents: 590,
    weightGrams: 160,
    onHand: 2_000,
  },
  {
    sku: 'ESPRESSO-MACHINE',
    name: 'Espresso machine, two boilers',
    cents: 129_900,
    weightGrams: 14_200,
    onHand: 5,
  },
];

/** What the first order of a newcomer asks for. */
export const firstOrderItem = { sku: 'MUG-STONEWARE', quantity: 2 };

if (import.meta.main) {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set');
  const added = await seed(url);
  process.stdout.write(`${added} of ${catalogue.length} products added\n`);
}

/** Adds what is missing and gives the number of products that were. */
export async function seed(databaseUrl: string): Promise<number> {
  const pool = createPool(
    {
      url: databaseUrl,
      applicationName: 'order-saga-seed',
      maxConnections: 1,
      lockTimeoutMs,
      statementTimeoutMs: lockTimeoutMs,
      connectTimeoutMs: lockTimeoutMs,
    },
    () => undefined,
  );
  try {
    return await transaction(pool, async (tx) => {
      let added = 0;
      for (const { cents, onHand, ...product } of catalogue) {
        const price = { amountMinor: cents, currency: 'EUR' };
        if (!(await addProduct(tx, { ...product, price }))) continue;
        await setOnHand(tx, { sku: product.sku, warehouse, onHand });
        added += 1;
      }
      return added;
    });
  } finally {
    await pool.end();
  }
}
