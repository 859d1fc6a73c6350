import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';

/** The providers' stand-ins in this process, and the variables that lead a service to them. */
export interface Sandboxes {
  readonly stripe: StripeSandbox;
  /** Its carrier stands still until somebody moves a parcel. */
  readonly easypost: EasyPostSandbox;
  readonly mail: MailSandbox;
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const stripeSecret = 'whsec_rig';
const easypostSecret = 'easypost-rig';

/** Starts them with their webhooks going to the API at `apiUrl`. */
export async function startSandboxes(apiUrl: string): Promise<Sandboxes> {
  const [stripe, easypost, mail] = await Promise.all([
    startStripeSandbox({ webhook: { url: `${apiUrl}/webhooks/stripe`, secret: stripeSecret } }),
    startEasyPostSandbox({ webhook: { url: `${apiUrl}/webhooks/easypost`, secret: easypostSecret } }),
    startMailSandbox(),
  ]);
  return {
    stripe,
    easypost,
    mail,
    variables: {
      STRIPE_API_KEY: 'sk_test_rig',
      STRIPE_API_BASE: stripe.url,
      STRIPE_WEBHOOK_SECRET: stripeSecret,
      EASYPOST_API_KEY: 'EZTKrig',
      EASYPOST_API_BASE: easypost.apiUrl,
      EASYPOST_WEBHOOK_SECRET: easypostSecret,
      SMTP_URL: mail.smtpUrl,
      MAIL_FROM: 'The Shop <orders@shop.example>',
    },
    async close() {
      await Promise.all([stripe.close(), easypost.close(), mail.close()]);
    },
  };
}
