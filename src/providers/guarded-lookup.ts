import { lookup as lookUpAll, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { mayBeCalled } from '../domain/ip-address.ts';

/** A host's name leads to an address that may not be called. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';

  constructor() {
    super('the host is, or its name leads to, an address that may not be called');
  }
}

/** Every address of a host; rejects as `dns.lookup` does. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * Look-ups occupy threads that the whole process shares, four of them, and a name server that hangs does so for many seconds:
 * so many are under way at once, and none twice.
 */
const maxLookups = 2;

/** For how long a name that could not be looked up is not looked up again, so that it does not keep others from theirs. */
const failedForMs = 30_000;
/** Names of which that is remembered. */
const maxFailedNames = 1_000;

/**
 * Looks names up for a connection, in the very look-up that connects: what a name led to earlier counts for nothing. One
 * address that may not be called spoils them all.
 */
export function guardedLookup(
  allowedNetworks: readonly string[],
  resolve: Resolve = resolveBySystem,
): LookupFunction {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();
  const failed = new Map<string, { readonly error: unknown; readonly until: number }>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function takeTurn(hostname: string): Promise<readonly LookupAddress[]> {
    if (busy >= maxLookups) await new Promise<void>((go) => waiting.push(go));
    busy += 1;
    try {
      return await resolve(hostname);
    } catch (error) {
      if (failed.size >= maxFailedNames) failed.clear();
      failed.set(hostname, { error, until: performance.now() + failedForMs });
      throw error;
    } finally {
      busy -= 1;
      waiting.shift()?.();
    }
  }

  async function allowedAddresses(hostname: string): Promise<readonly LookupAddress[]> {
    const before = failed.get(hostname);
    if (before && performance.now() < before.until) throw before.error;
    const found = underWay.get(hostname) ?? takeTurn(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, found);
    const addresses = await found;
    if (!addresses.every(({ address }) => mayBeCalled(address, allowedNetworks)))
      throw new AddressNotAllowed();
    return addresses;
  }

  async function answer(...[hostname, { all, family }, callback]: Parameters<LookupFunction>): Promise<void> {
    try {
      const found = await allowedAddresses(hostname);
      const addresses = found.filter((one) => !family || one.family === family);
      const [first] = addresses;
      if (!first) throw Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' });
      if (all) callback(null, addresses);
      else callback(null, first.address, first.family);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), '');
    }
  }

  return (...asked) => void answer(...asked);
}

const resolveBySystem: Resolve = (hostname) => promisify(lookUpAll)(hostname, { all: true });
