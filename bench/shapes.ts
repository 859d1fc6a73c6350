/**
 * `npm run bench:shapes [-- --pieces=1000 --rounds=3 --write]`: what it costs to have Temporal do a piece of work in which nothing
 * is done, by the way in which it is given: CPU of the server, its database, the worker and the starter.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../src/config/config.ts';
import { newId } from '../src/domain/new-id.ts';
import { startCpuMeter, total, type CpuUse } from './cpu/meter.ts';
import { withNumbers } from './number-options.ts';
import { writeBlocks } from './report/document.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { plain, rangeOf, shown } from './report/range.ts';
import { toMarkdown, toText, type Table } from './report/table.ts';
import { inTurn } from './sections/in-turn.ts';
import {
  piecesAtOnce,
  shapes,
  shapesTaskQueue,
  workflowTypes,
  type Pieces,
  type Shape,
} from './shapes/messages.ts';
import type { ShapesWorkerPlan } from './shapes/worker.ts';
import type { Shop } from './shop/open-shop.ts';
import { until } from './shop/wait.ts';
import { withShop } from './shop/with-shop.ts';

const warmUps = 200;
const startsAtOnce = 32;
const doneTimeoutMs = 300_000;

const { values } = parseArgs({ strict: false });
const { write = false, ...numbers } = values;
const { pieces, rounds } = withNumbers({ pieces: 1_000, rounds: 3 }, numbers);
const say = (line: string) => console.log(`  ${line}`);

interface Figures {
  readonly perSecond: number;
  readonly cpuMs: CpuUse;
}

await withShop({ workers: 1, say }, async (shop) => {
  const { table, facts } = await run(shop);
  const notes = `min / median / max of ${rounds} rounds of ${pieces} pieces that do nothing, with one worker process. A workflow for many does ${piecesAtOnce} pieces, each a local activity.`;
  console.log(`\n${toText(table)}\n\n${notes}\n\n${facts}`);
  if (write === true) await writeBlocks({ shapes: [toMarkdown(table), notes, facts].join('\n\n') });
});
process.exit(0);

async function run({ constellation }: Shop): Promise<{ table: Table; facts: string }> {
  const { worker: tuning, temporal } = loadConfig(constellation.variables);
  const { address, namespace } = temporal;
  const plan: ShapesWorkerPlan = { address, namespace, tuning };
  const worker = fork(join(import.meta.dirname, 'shapes/worker.ts'), [JSON.stringify(plan)]);
  await once(worker, 'message');
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const [server = 0, postgres = 0] = ['temporal', 'postgres'].map((name) => constellation.part(name).pid);
  const processes = { worker: worker.pid ?? 0, temporal: server, postgres };

  async function doneByWorker(): Promise<number> {
    const answer = once(worker, 'message');
    worker.send('done?');
    const [done]: unknown[] = await answer;
    return Number(done);
  }

  async function measure(shape: Shape, count: number): Promise<Figures> {
    const before = await doneByWorker();
    const meter = startCpuMeter(processes);
    const own = process.cpuUsage();
    const startedMs = performance.now();
    await start(client, shape, count);
    const { user, system } = process.cpuUsage(own);
    await until('the end of the pieces', doneTimeoutMs, async () =>
      (await doneByWorker()) - before >= count ? true : undefined,
    );
    await until('the end of the runs', doneTimeoutMs, async () =>
      (await openRuns(client)) === 0 ? true : undefined,
    );
    const tookMs = performance.now() - startedMs;
    const used: CpuUse = { ...meter.stop(), starter: (user + system) / 1_000 };
    const cpuMs = Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, ms / count]));
    return { perSecond: (count * 1_000) / tookMs, cpuMs };
  }

  for (const shape of shapes) await measure(shape, warmUps);
  const figures = await inTurn(shapes, rounds, async (shape, round) => {
    const measured = await measure(shape, pieces);
    say(`round ${round + 1}: ${shape} ${plain(total(measured.cpuMs))} ms of CPU a piece`);
    return measured;
  });
  worker.disconnect();
  const names = ['temporal', 'postgres for Temporal', 'worker', 'starter'];
  const cell = (shape: Shape, of: (round: Figures) => number) =>
    shown(rangeOf((figures.get(shape) ?? []).map(of)), plain);
  return {
    table: {
      columns: ['CPU a piece, ms', ...names, 'all', 'a second'],
      rows: shapes.map((shape) => [
        shape,
        ...names.map((name) => cell(shape, ({ cpuMs }) => cpuMs[name] ?? 0)),
        cell(shape, ({ cpuMs }) => total(cpuMs)),
        cell(shape, ({ perSecond }) => perSecond),
      ]),
    },
    facts: `${codeFacts()} · ${machineFacts(constellation.descriptions)}`,
  };
}

async function openRuns(client: Client): Promise<number> {
  const { count } = await client.workflow.count(
    `TaskQueue = '${shapesTaskQueue}' and ExecutionStatus = 'Running'`,
  );
  return count;
}

async function start(client: Client, shape: Shape, count: number): Promise<void> {
  const starts = Math.ceil(shape === 'workflow for many' ? count / piecesAtOnce : count);
  let begun = 0;
  async function starter(): Promise<void> {
    while (begun < starts) {
      begun += 1;
      await startOne(client, shape);
    }
  }
  await Promise.all(Array.from({ length: startsAtOnce }, starter));
}

async function startOne(client: Client, shape: Shape): Promise<void> {
  const id = newId();
  if (shape === 'standalone activity') {
    await client.activity.typed<Pieces>().start('doPiece', {
      id,
      taskQueue: shapesTaskQueue,
      args: [id],
      startToCloseTimeout: '10s',
      heartbeatTimeout: '6s',
    });
    return;
  }
  const args = shape === 'workflow for many' ? [Array.from({ length: piecesAtOnce }, newId)] : [id];
  await client.workflow.start(workflowTypes[shape], { workflowId: id, taskQueue: shapesTaskQueue, args });
}
