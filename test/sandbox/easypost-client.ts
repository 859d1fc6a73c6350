import easypost from '@easypost/api';
import type { EasyPostSandbox } from '../../sandbox/easypost/server.ts';

/** The package's types describe a CommonJS module; in the ES module that we get, the class itself is the default export. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types are wrong about it
const EasyPostClient = easypost as unknown as typeof easypost.default;

export type EasyPost = InstanceType<typeof EasyPostClient>;

/** The official client; its own `timeout` option does nothing, so that the time-out is set on its requests. */
export function easyPostFor({ apiUrl }: Pick<EasyPostSandbox, 'apiUrl'>, timeoutMs = 10_000): EasyPost {
  return new EasyPostClient('EZTKsandbox', {
    baseUrl: apiUrl,
    requestMiddleware: (request: { timeout(ms: number): unknown }) => request.timeout(timeoutMs),
  });
}

export const orderId = '0199bbbb-0000-7000-8000-000000000001';

const warehouse = {
  name: 'Warehouse',
  street1: '388 Townsend St',
  city: 'San Francisco',
  zip: '94107',
  country: 'US',
};
const customer = {
  name: 'Ada Lovelace',
  street1: '179 N Harbor Dr',
  city: 'Redondo Beach',
  zip: '90277',
  country: 'US',
};

/** A shipment as the saga makes it; `to` changes the address. */
export function shipmentParams(to: Record<string, unknown> = {}, reference = `${orderId}.main`) {
  return { reference, to_address: { ...customer, ...to }, from_address: warehouse, parcel: { weight: 16 } };
}
