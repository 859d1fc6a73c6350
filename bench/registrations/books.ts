import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import type { Shop } from '../shop/open-shop.ts';
import { until } from '../shop/wait.ts';

const restTimeoutMs = 600_000;
const pollMs = 100;

/** Waits until nothing is left to do behind any registration but what is due in days. Gives how long that took, in seconds. */
export async function untilAtRest({ pool }: Shop): Promise<number> {
  const startedMs = performance.now();
  await until(
    'all that is due behind the registrations has ended',
    restTimeoutMs,
    async () => {
      const [row] = await query<{ open: number }>(
        pool,
        sql`select count(*)::int as open from jobs where finished_at is null and status <> 'scheduled'`,
      );
      return row?.open === 0 || undefined;
    },
    pollMs,
  );
  return (performance.now() - startedMs) / 1_000;
}

/**
 * How many of these users have their welcome mail. Throws where one has two, or lacks what else a registration brings: sizes of
 * the avatar, the count of analytics.
 */
export async function welcomed({ pool, mail }: Shop, emails: readonly string[]): Promise<number> {
  const [row] = await query<{ whole: number }>(
    pool,
    sql`select count(*)::int as whole from users u join photos p on p.id = u.avatar_photo_id
        join analytics_events a on a.subject_id = u.id
        where u.email = any(${emails}::text[]) and p.ready_at is not null`,
  );
  if (row?.whole !== emails.length)
    throw new Error(`${emails.length} are registered, ${row?.whole} of them with all that belongs to it`);
  const mails = new Map<string, number>();
  for (const { to } of await mail.messages()) for (const one of to) mails.set(one, (mails.get(one) ?? 0) + 1);
  const twice = emails.filter((email) => (mails.get(email) ?? 0) > 1);
  if (twice.length > 0) throw new Error(`${twice.length} have had their mail twice`);
  return emails.filter((email) => mails.has(email)).length;
}
