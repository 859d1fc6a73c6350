import { StripeFailure } from './errors.ts';

/** Throws 401 for anything but a test key; Bearer and Basic are both taken, as by Stripe. */
export function checkApiKey(authorization: string | undefined): void {
  const [scheme = '', credentials = ''] = (authorization ?? '').split(' ');
  const key =
    scheme === 'Basic' ? Buffer.from(credentials, 'base64').toString().replace(/:.*$/, '') : credentials;
  if (/^(sk|rk)_test_\w+$/.test(key)) return;
  const message =
    key === ''
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${key.slice(0, 8)}***`;
  throw new StripeFailure(401, { type: 'invalid_request_error', message }, { executed: false });
}
