import { randomHex } from '../shared/ids.ts';
import type { Rate } from './objects.ts';

interface Service {
  carrier: string;
  service: string;
  /** US cents for the first pound, and for every further one. */
  baseCents: number;
  perPoundCents: number;
  days: number;
}

const domestic: readonly Service[] = [
  { carrier: 'USPS', service: 'Express', baseCents: 3310, perPoundCents: 210, days: 1 },
  { carrier: 'USPS', service: 'Priority', baseCents: 690, perPoundCents: 90, days: 2 },
  { carrier: 'USPS', service: 'GroundAdvantage', baseCents: 593, perPoundCents: 55, days: 3 },
];

const elsewhere: readonly Service[] = [
  { carrier: 'DHLExpress', service: 'ExpressWorldwide', baseCents: 4_250, perPoundCents: 480, days: 3 },
  { carrier: 'USPS', service: 'PriorityMailInternational', baseCents: 2_990, perPoundCents: 350, days: 8 },
  {
    carrier: 'USPS',
    service: 'FirstClassPackageInternationalService',
    baseCents: 1_580,
    perPoundCents: 260,
    days: 14,
  },
];

const ouncesPerPound = 16;

/** What the carriers ask for a parcel; the same for the same parcel and country. */
export function ratesFor(shipmentId: string, weightOunces: number, country: string): Rate[] {
  const furtherPounds = Math.max(0, Math.ceil(weightOunces / ouncesPerPound) - 1);
  const now = new Date().toISOString();
  return (country === 'US' ? domestic : elsewhere).map((offer) => {
    const price = ((offer.baseCents + furtherPounds * offer.perPoundCents) / 100).toFixed(2);
    return {
      id: `rate_${randomHex(32)}`,
      object: 'Rate',
      mode: 'test',
      created_at: now,
      updated_at: now,
      service: offer.service,
      carrier: offer.carrier,
      rate: price,
      currency: 'USD',
      retail_rate: price,
      retail_currency: 'USD',
      list_rate: price,
      list_currency: 'USD',
      billing_type: 'easypost',
      delivery_days: offer.days,
      delivery_date: null,
      delivery_date_guaranteed: false,
      est_delivery_days: offer.days,
      shipment_id: shipmentId,
      carrier_account_id: `ca_sandbox_${offer.carrier.toLowerCase()}`,
    };
  });
}
