/**
 * Records the histories of every scene with today's code, into this folder: `npm run histories`. Done once a release;
 * what earlier releases have recorded stays beside it (law 15).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startBackingServices } from '../../dev/backing-services.ts';
import { orderWorkflowId } from '../../src/domain/ids.ts';
import packageJson from '../../package.json' with { type: 'json' };

const services = await startBackingServices(
  process.env,
  (line) => console.error(line),
  new AbortController().signal,
);
Object.assign(process.env, services.variables);
// Only now do the modules below find the services that they work with.
const { startStage } = await import('../saga/harness/stage.ts');
const { fetchHistory, toJson } = await import('../support/histories.ts');
const { scenes } = await import('./scenes.ts');

const folder = join(import.meta.dirname, packageJson.version);
await mkdir(folder, { recursive: true });
const stage = await startStage();
const client = stage.rig.temporal.client;

async function keep(name: string, workflowId: string): Promise<void> {
  const history = await fetchHistory(client, workflowId);
  if (!history) throw new Error(`${name} has no history`);
  await writeFile(join(folder, `${name}.json`), `${toJson(history)}\n`);
}

await Promise.all(
  scenes.map(async ({ name, story, twist }) => {
    const order = await stage.place(story);
    const turn = twist?.(order, stage, story) ?? {};
    stage.director.direct(order.id, { ...story.scripts?.(order, stage), ...turn.scripts });
    const problems = await stage.finish(order, story, turn);
    if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
    await keep(name, orderWorkflowId(order.id));
    console.error(`recorded ${name}`);
  }),
);
await stage.close();
await services.stop();
process.exit(0);
