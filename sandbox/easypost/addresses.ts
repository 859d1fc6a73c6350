import { z } from 'zod';
import { randomHex } from '../shared/ids.ts';
import { EasyPostFailure, type FieldError } from './errors.ts';
import type { Address, Verification } from './objects.ts';

const line = z.string().max(500).nullish();
const verify = z.union([z.boolean(), z.string(), z.array(z.string())]).nullish();

/** An address as a call gives it, or the id of one made before. */
export const addressParams = z.object({
  id: z.string().optional(),
  name: line,
  company: line,
  street1: line,
  street2: line,
  city: line,
  state: line,
  zip: line,
  country: z.string().max(2).nullish(),
  phone: line,
  email: line,
  residential: z.boolean().nullish(),
  verify,
  verify_strict: verify,
});

export type AddressParams = z.output<typeof addressParams>;

/** Creates the address; with `verify_strict` throws when nothing can be delivered there. */
export function newAddress(given: AddressParams): Address {
  const problems = deliveryProblems(given);
  // Naming the parameter asks for verification, whatever its value.
  if (given.verify_strict !== undefined && problems.length > 0) throw verificationFailure(problems);
  const now = new Date().toISOString();
  const verified = given.verify !== undefined || given.verify_strict !== undefined;
  return {
    id: `adr_${randomHex(32)}`,
    object: 'Address',
    mode: 'test',
    created_at: now,
    updated_at: now,
    name: given.name ?? null,
    company: given.company ?? null,
    street1: given.street1 ?? null,
    street2: given.street2 ?? null,
    city: given.city ?? null,
    state: given.state ?? null,
    zip: given.zip ?? null,
    country: given.country ?? 'US',
    phone: given.phone ?? null,
    email: given.email ?? null,
    carrier_facility: null,
    residential: given.residential ?? null,
    federal_tax_id: null,
    state_tax_id: null,
    verifications: verified ? { zip4: verification(problems), delivery: verification(problems) } : {},
  };
}

/** 422, as the official client's own recordings show it. */
export function verificationFailure(errors: FieldError[]): EasyPostFailure {
  return new EasyPostFailure(422, 'ADDRESS.VERIFY.FAILURE', 'Unable to verify address.', errors);
}

type Problem = Verification['errors'][number];

const undeliverableZips = ['00000', '00001'];
const undeliverableStreet = /undeliverable|undelievrable|000 unknown street/i;

/** Why nothing can be delivered there; empty where it can. The magic inputs are listed in README.md. */
export function deliveryProblems({ street1, zip }: Pick<AddressParams, 'street1' | 'zip'>): Problem[] {
  const problems: Problem[] = [];
  if (!street1 || undeliverableStreet.test(street1) || undeliverableZips.includes(zip ?? '')) {
    problems.push({
      code: 'E.ADDRESS.NOT_FOUND',
      field: 'address',
      message: 'Address not found',
      suggestion: null,
    });
  }
  if (street1 && /no number/i.test(street1)) {
    const message = 'House number is missing';
    problems.push({ code: 'E.HOUSE_NUMBER.MISSING', field: 'street1', message, suggestion: null });
  }
  return problems;
}

function verification(errors: Problem[]): Verification {
  const success = errors.length === 0;
  const details = success
    ? { latitude: 33.8436, longitude: -118.39177, time_zone: 'America/Los_Angeles' }
    : null;
  return { success, errors, details };
}
