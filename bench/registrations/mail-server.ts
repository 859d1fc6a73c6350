import type { Shop } from '../shop/open-shop.ts';
import { until } from '../shop/wait.ts';

export const mailStates = ['healthy', 'slow', 'down'] as const;
/** How the mail server is: `slow` answers after a second, to `down` nobody can connect. */
export type MailState = (typeof mailStates)[number];

const slowMs = 1_000;
const backTimeoutMs = 30_000;

/** Has the mail server be so while `work` goes on, and well again afterwards. */
export async function whileMailServerIs<Result>(
  { mail, outages }: Shop,
  state: MailState,
  work: () => Promise<Result>,
): Promise<Result> {
  if (state === 'slow')
    await mail.inject({ operation: 'mail.send', mode: 'delay', delayMs: slowMs, times: 'always' });
  if (state === 'down') await outages.crash('mail');
  try {
    return await work();
  } finally {
    if (state === 'slow') await mail.clearFaults();
    if (state === 'down') {
      await outages.restore('mail');
      await until('the mail server is back', backTimeoutMs, () => mail.faults());
    }
  }
}
