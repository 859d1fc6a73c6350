import { join } from 'node:path';
import { PgBoss } from 'pg-boss';
import sql from 'sql-template-tag';
import { query } from '../../../src/db/pool.ts';
import type { Shop } from '../../shop/open-shop.ts';
import { createCrew } from '../crew.ts';
import { kinds, type Kind } from '../kinds.ts';
import type { JobSubject } from '../subject.ts';
import { bossOptions } from './options.ts';
import type { BossOrder, BossWorkerPlan } from './worker.ts';

const connections = 4;

/** pg-boss in the database of the service. */
export async function bossSubject({ constellation, pool }: Shop): Promise<JobSubject> {
  const { database: databaseUrl } = constellation.urls;
  const boss = new PgBoss(bossOptions(databaseUrl, connections));
  // Whoever ends the bench takes Postgres from it; what goes wrong before that shows in jobs that do not end.
  boss.on('error', () => undefined);
  await boss.start();
  for (const kind of kinds) await boss.createQueue(kind);
  const plan: BossWorkerPlan = { databaseUrl };
  const crew = createCrew(join(import.meta.dirname, 'worker.ts'), plan);
  const tell = (queue: Kind, work: boolean) => crew.tell({ queue, work } satisfies BossOrder);

  return {
    name: 'pg-boss',
    sends: true,
    share: 1,
    useWorkers: (count) => crew.use(count),
    address: (queue) => ({ pgBoss: databaseUrl, queue }),
    async hold(kind) {
      await tell(kind, false);
      await boss.deleteAllJobs(kind);
    },
    release: (kind) => tell(kind, true),
    async lastEnd(kind, count) {
      const [row] = await query<{ ended: number; last: Date | null }>(
        pool,
        sql`select count(*) filter (where state = 'completed') as ended, max(completed_on) as last
            from pgboss.job where name = ${kind}`,
      );
      return row && row.ended >= count ? row.last?.getTime() : undefined;
    },
    processes: () => ({ ...crew.processes(), postgres: constellation.part('postgres').pid ?? 0 }),
    async close() {
      await crew.use(0);
      await boss.stop({ graceful: false });
    },
  };
}
