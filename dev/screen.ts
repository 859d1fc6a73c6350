import type { Constellation } from './constellation.ts';
import { firstOrderItem } from './seed.ts';

/** What a newcomer orders. */
export const firstOrder = {
  customer: { email: 'ada@example.com', name: 'Ada Lovelace' },
  items: [firstOrderItem],
  shippingAddress: {
    name: 'Ada Lovelace',
    line1: '388 Townsend Street',
    city: 'San Francisco',
    postalCode: '94107',
    region: 'CA',
    country: 'US',
  },
  paymentMethod: 'pm_card_visa',
};

/** What `npm start` shows when everything is up: where things are, and the line that places the first order. */
export function screen({ urls, descriptions }: Pick<Constellation, 'urls' | 'descriptions'>): string {
  const places = {
    API: urls.apis.join('  '),
    'API document': `${urls.api}/docs`,
    'Temporal Web UI': urls.temporalUi,
    'Mail inbox': urls.inbox,
    Metrics: urls.metrics.join('  '),
    Database: urls.database,
  };
  const lines = Object.entries(places).flatMap(([name, url]) =>
    url === undefined ? [] : [`  ${name.padEnd(17)}${url}`],
  );
  return [
    '',
    `Order Saga is running on ${descriptions.join(' and ')}.`,
    '',
    ...lines,
    '',
    'Place an order:',
    '',
    `  ${curlLine(urls.api)}`,
    '',
    'Ctrl-C stops everything; the next start goes on with the same data.',
    '',
  ].join('\n');
}

/** One line for a shell; sent again, it places another order. */
export function curlLine(api: string): string {
  return `curl -i ${api}/orders -H 'Content-Type: application/json' -d '${JSON.stringify(firstOrder)}'`;
}
