/** Words that stand for what must not be seen: each is in one place only, and none could come from anywhere else. */

const payloadKey = Buffer.from('canary-of-a-payload-key-32-bytes');
const operatorKey = Buffer.from('canary-of-the-operators-webhook');

/** The service's secrets, by the variable that holds them. */
export const secrets = {
  STRIPE_API_KEY: 'sk_test_canaryOfStripe',
  STRIPE_WEBHOOK_SECRET: 'whsec_canaryOfStripesWebhook',
  EASYPOST_API_KEY: 'EZTKcanaryOfEasyPost',
  EASYPOST_WEBHOOK_SECRET: 'canary-of-easyposts-webhook',
  OPERATOR_WEBHOOK_SECRET: `whsec_${operatorKey.toString('base64')}`,
  PAYLOAD_ENCRYPTION_KEYS: `k1:${payloadKey.toString('base64')}`,
} as const;

export const smtpLogin = { user: 'canary-mailer', password: 'canary-of-smtp' } as const;

/** Chat services take a webhook's address itself for its secret. */
export const operatorPath = '/hooks/canary-of-the-path';

export const customer = { email: 'canaria.finch@canary.example', name: 'Canaria Finch' } as const;
export const metadata = { giftNote: 'canary-of-a-gift' } as const;
export const address = {
  name: 'Canaria Finch',
  line1: '7 Birdcage Canary Walk',
  line2: 'Canary flat',
  city: 'Canarystead',
  postalCode: 'CN4 7RY',
  country: 'GB',
} as const;

/** What providers are made to say in their errors, which often repeat what they were sent. */
export const gossip = [...Object.values(customer), ...Object.values(address), 'pm_card_visa'].join(', ');

/** What the document gives as an example is not what somebody has sent. */
const example = 'such as pm_card_visa';

const words: readonly RegExp[] = [
  /canar(?:y|ia)/i,
  /Finch\b/,
  /Birdcage/,
  /CN4 ?7RY/,
  /pm_card/,
  new RegExp(payloadKey.toString('base64').slice(0, 20)),
  new RegExp(payloadKey.toString('hex').slice(0, 20)),
  new RegExp(operatorKey.toString('base64').slice(0, 20)),
];

/** The places in a text where a canary, or one of the `others`, is seen, with what stands around it. */
export function sightings(text: string, others: readonly string[] = []): string[] {
  const around = 120;
  const told = text.replaceAll(example, '');
  const places = [
    ...words.map((word) => told.search(word)),
    ...others.map((word) => told.indexOf(word)),
  ].filter((at) => at >= 0);
  return [...new Set(places)].map((at) => `…${told.slice(Math.max(at - around, 0), at + around)}…`);
}
