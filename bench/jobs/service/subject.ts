import sql from 'sql-template-tag';
import { execute, query } from '../../../src/db/pool.ts';
import type { Shop } from '../../shop/open-shop.ts';
import { succeeded } from '../../shop/storefront.ts';
import type { JobSubject } from '../subject.ts';
import { typeName, type Style } from '../types.ts';

const names: Readonly<Record<Style, string>> = {
  short: 'order-saga, short type',
  regular: 'order-saga, regular type',
};

/** A regular job costs about ten times as much as a short one. */
const regularShare = 0.1;

/** The most workers that its shop has been opened with. */
export const mostWorkers = 4;

/** The service itself, with types of one style. */
export function serviceSubject({ constellation, pool, storefront }: Shop, style: Style): JobSubject {
  const worker = (at: number) => constellation.part(`worker-${at}`);
  const everybody = Array.from({ length: mostWorkers }, (_, at) => at + 1);

  async function command(type: string, verb: 'pause' | 'resume'): Promise<void> {
    succeeded(await storefront.http.call('POST', `/job-types/${type}/${verb}`, { json: {} }));
  }

  return {
    name: names[style],
    sends: false,
    share: style === 'regular' ? regularShare : 1,
    async useWorkers(count) {
      for (const at of everybody) await (at <= count ? worker(at).start() : worker(at).stop());
    },
    address: (kind) => ({ api: constellation.urls.api, type: typeName(kind, style) }),
    async hold(kind) {
      const type = typeName(kind, style);
      await execute(pool, sql`delete from jobs where type = ${type}`);
      await command(type, 'pause');
    },
    release: (kind) => command(typeName(kind, style), 'resume'),
    async lastEnd(kind) {
      const type = typeName(kind, style);
      const open = await query(
        pool,
        sql`select from jobs where type = ${type} and status in ('ready', 'dispatched', 'running') limit 1`,
      );
      if (open.length > 0) return undefined;
      const [row] = await query<{ last: Date }>(
        pool,
        sql`select max(finished_at) as last from jobs where type = ${type}`,
      );
      return row?.last.getTime();
    },
    processes() {
      const parts = ['api', ...everybody.map((at) => `worker-${at}`), 'temporal', 'postgres'];
      const pids = parts.flatMap((name) => {
        const { pid } = constellation.part(name);
        return pid === undefined ? [] : [[name, pid] as const];
      });
      return Object.fromEntries(pids);
    },
    close: async () => undefined,
  };
}
