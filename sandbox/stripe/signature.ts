import { createHmac } from 'node:crypto';

/** The headers of a webhook of Stripe's: the signature covers its own time and the body. */
export function signatureHeaders(body: string, secret: string): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    'Stripe-Signature': `t=${timestamp},v1=${signature}`,
    'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  };
}
