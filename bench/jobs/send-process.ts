/** The process behind send.ts. */
import { Queue } from 'bullmq';
import { PgBoss } from 'pg-boss';
import { createHttpClient } from '../shop/http-client.ts';
import { succeeded } from '../shop/storefront.ts';
import { bossOptions } from './pg-boss/options.ts';
import type { Address, Sent, SentStage, Stage } from './send.ts';

const { address, stages }: { address: Address; stages: Stage[] } = JSON.parse(process.argv[2] ?? '');

/** As many connections as an API has. */
const connections = 20;

type SendOne = (n: number) => Promise<unknown>;

async function sender(): Promise<SendOne> {
  if ('api' in address) {
    const http = createHttpClient(address.api);
    const { type } = address;
    return async (n) => succeeded(await http.call('POST', '/jobs', { json: { type, input: { n } } }));
  }
  if ('redisPort' in address) {
    const { redisPort: port, queue: name } = address;
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port } });
    await queue.waitUntilReady();
    return (n) => queue.add(name, { n });
  }
  const { pgBoss, queue } = address;
  const boss = new PgBoss(bossOptions(pgBoss, connections));
  await boss.start();
  return (n) => boss.send(queue, { n });
}

const sendOne = await sender();
let sentSoFar = 0;

async function play({ count, clients, warmUps }: Stage): Promise<SentStage> {
  const durationsMs: number[] = [];
  let begun = 0;
  async function client(): Promise<void> {
    while (begun < count) {
      begun += 1;
      sentSoFar += 1;
      const startedMs = performance.now();
      await sendOne(sentSoFar);
      durationsMs.push(performance.now() - startedMs);
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { durationsMs: durationsMs.slice(warmUps), tookMs: performance.now() - startedMs };
}

const before = process.cpuUsage();
const played: SentStage[] = [];
for (const stage of stages) played.push(await play(stage));
const { user, system } = process.cpuUsage(before);
const sent: Sent = { stages: played, cpuMs: (user + system) / 1_000 };
process.send?.(sent, () => process.exit(0));
