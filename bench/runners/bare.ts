import sql from 'sql-template-tag';
import type { BareTemporal } from '../bare-temporal/bare.ts';
import type { BareKind } from '../bare-temporal/messages.ts';
import { query } from '../../src/db/pool.ts';
import type { Shop } from '../shop/open-shop.ts';
import { until } from '../shop/wait.ts';
import type { Course, Runner } from './runner.ts';
import { send } from './send.ts';

const names: Readonly<Record<BareKind, string>> = {
  regular: 'bare, regular activities',
  local: 'bare, local activities',
};

/** Bare workflows of one kind. */
export function bareRunner(
  kind: BareKind,
  { constellation }: Shop,
  { pool, databaseUrl, workers }: BareTemporal,
): Runner {
  const address = {
    bare: kind,
    databaseUrl,
    temporal: constellation.temporalAddress,
    namespace: constellation.variables['TEMPORAL_NAMESPACE'] || 'default',
  };
  return {
    name: names[kind],
    sends: true,
    send: (pattern) => send(address, pattern),
    async untilAtRest(timeoutMs) {
      await until('the end of every bare workflow', timeoutMs, async () => {
        const [row] = await query<{ open: number }>(
          pool,
          sql`select count(*) as open from bare_orders where status <> 'complete'`,
        );
        return row?.open === 0 || undefined;
      });
    },
    async courses(ids) {
      const rows = await query<Course & { id: string }>(
        pool,
        sql`select order_id as id,
              max(extract(epoch from at) * 1000) filter (where step = 'confirm')::float8 as "confirmedMs",
              max(extract(epoch from at) * 1000) filter (where step = 'complete')::float8 as "endedMs"
            from bare_events where order_id = any(${ids}::uuid[]) group by order_id`,
      );
      return new Map(rows.map(({ id, ...course }) => [id, course]));
    },
    processes: () => {
      const [temporal = 0, postgres = 0] = ['temporal', 'postgres'].map(
        (name) => constellation.part(name).pid,
      );
      return { ...workers, temporal, postgres };
    },
    runsOf: (id) => ({ own: `bare-${id}`, activities: [] }),
  };
}
