/** The process behind send.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { barePool, insertBareOrder } from '../bare-temporal/database.ts';
import { bareTaskQueue, bareWorkflowTypes } from '../bare-temporal/messages.ts';
import { newId } from '../../src/domain/new-id.ts';
import { heardFrom, heardFromError } from '../shop/heard.ts';
import { createStorefront } from '../shop/storefront.ts';
import type { Address, Pattern, Sending, Sent } from './send.ts';

const { address, pattern }: { address: Address; pattern: Pattern } = JSON.parse(process.argv[2] ?? '');

type Answer = Pick<Sent, 'id' | 'outcome'>;

/** As many connections as an API has. */
const connections = 20;

/** A way to place one order. */
async function placer(): Promise<() => Promise<Answer>> {
  if ('api' in address) {
    const storefront = createStorefront(address.api);
    const { sku } = address;
    return async () => {
      const { orderId: id, outcome } = await storefront.place({ sku }).then(heardFrom, heardFromError);
      return { id, outcome };
    };
  }
  const pool = barePool(address.databaseUrl, connections);
  const connection = await Connection.connect({ address: address.temporal });
  const client = new Client({ connection, namespace: address.namespace });
  const type = bareWorkflowTypes[address.bare];
  return async () => {
    const id = newId();
    await insertBareOrder(pool, id);
    await client.workflow.start(type, { workflowId: `bare-${id}`, taskQueue: bareTaskQueue, args: [id] });
    return { id, outcome: 'started' };
  };
}

const place = await placer();

async function placeOne(): Promise<Sent> {
  const atMs = Date.now();
  const startedMs = performance.now();
  const answer = await place();
  return { ...answer, atMs, durationMs: performance.now() - startedMs };
}

async function paced(perSecond: number): Promise<Sent[]> {
  const startedMs = performance.now();
  const placed: Promise<Sent>[] = [];
  while (placed.length < pattern.count) {
    const dueMs = startedMs + (placed.length * 1_000) / perSecond;
    const earlyMs = dueMs - performance.now();
    if (earlyMs > 0) await pause(earlyMs);
    placed.push(placeOne());
  }
  return Promise.all(placed);
}

async function crowded(clients: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  let begun = 0;
  async function client(): Promise<void> {
    while (begun < pattern.count) {
      begun += 1;
      sent.push(await placeOne());
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return sent;
}

const before = process.cpuUsage();
const sent = await ('clients' in pattern ? crowded(pattern.clients) : paced(pattern.perSecond));
const { user, system } = process.cpuUsage(before);
const sending: Sending = { sent, cpuMs: (user + system) / 1_000 };
process.send?.(sending, () => process.exit(0));
