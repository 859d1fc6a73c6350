import { isIP } from 'node:net';
import { mayBeCalled } from './ip-address.ts';

/** Where webhooks may go. */
export interface WebhookTargets {
  /** Whether plain HTTP will do. */
  readonly httpAllowed: boolean;
  /** Addresses and networks beyond the Internet's that may be called: `10.1.2.0/24`. */
  readonly allowedNetworks: readonly string[];
}

export const maxWebhookUrlCharacters = 2_000;

/**
 * Why no webhook can go to this URL, however long it is, in words that follow its name; null when it can. Where a host's name
 * leads to is seen only when it is called, and each time anew.
 */
export function webhookUrlProblem(text: string, targets: WebhookTargets): string | null {
  const url = URL.parse(text);
  const schemes = targets.httpAllowed ? ['https:', 'http:'] : ['https:'];
  if (url === null || !schemes.includes(url.protocol) || url.hostname === '')
    return `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
  // A parser takes them out, and others who read the URL do not.
  if (/[\s\p{Cc}]/u.test(text)) return 'must hold neither spaces nor control characters';
  if (url.username !== '' || url.password !== '') return 'must hold neither a user nor a password';
  const address = addressIn(url);
  if (address !== null && !mayBeCalled(address, targets.allowedNetworks))
    return 'must not lead to an address of this machine, of a private network or of a special kind';
  return null;
}

/** The address that a URL names instead of a host; null where it names a host. */
export function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}
