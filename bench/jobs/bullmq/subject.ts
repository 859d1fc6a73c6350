import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Shop } from '../../shop/open-shop.ts';
import { createCrew } from '../crew.ts';
import { kinds, type Kind } from '../kinds.ts';
import type { JobSubject } from '../subject.ts';
import { startRedis, type Sync } from './redis.ts';
import type { BullWorkerPlan } from './worker.ts';

/** BullMQ on a Redis of its own. */
export async function bullSubject({ constellation }: Shop, sync: Sync): Promise<JobSubject> {
  const redis = await startRedis(sync);
  const { port: redisPort } = redis;
  const plan: BullWorkerPlan = { redisPort, databaseUrl: constellation.urls.database };
  const crew = createCrew(join(import.meta.dirname, 'worker.ts'), plan);
  const connection = { host: '127.0.0.1', port: redisPort };
  const queues = new Map(kinds.map((kind) => [kind, new Queue(kind, { connection })]));
  // Whoever ends the bench takes Redis from it; what goes wrong before that shows in jobs that do not end.
  for (const queue of queues.values()) queue.on('error', () => undefined);

  function queueOf(kind: Kind): Queue {
    const queue = queues.get(kind);
    if (!queue) throw new Error(`there is no queue for ${kind}`);
    return queue;
  }

  return {
    name: `BullMQ, appendfsync ${sync}`,
    sends: true,
    share: 1,
    useWorkers: (count) => crew.use(count),
    address: (queue) => ({ redisPort, queue }),
    async hold(kind) {
      await queueOf(kind).obliterate({ force: true });
      await queueOf(kind).pause();
    },
    release: (kind) => queueOf(kind).resume(),
    async lastEnd(kind, count) {
      const queue = queueOf(kind);
      if ((await queue.getCompletedCount()) < count) return undefined;
      const [newest] = await queue.getJobs('completed', 0, 0, false);
      return newest?.finishedOn;
    },
    processes: (kind) => ({
      ...crew.processes(),
      redis: redis.pid,
      ...(kind === 'sql' && { postgres: constellation.part('postgres').pid ?? 0 }),
    }),
    async close() {
      await crew.use(0);
      for (const queue of queues.values()) await queue.close();
      await redis.close();
    },
  };
}
