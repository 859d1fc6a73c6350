import { cp, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { failureConverterPaths } from '../../src/temporal/data-converter.ts';
import { buildBundles, findBundle } from '../../src/worker/workflow-bundles.ts';
import { workflowBundle } from '../../src/worker/workflow-bundle.ts';
import { fingerprintOfWorkflows, workflowFolders } from '../../src/worker/workflow-sources.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const [converter = ''] = failureConverterPaths;

let scratch: string;
let folder: string;
let made: number;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'workflow-bundles-'));
  folder = join(scratch, 'bundles');
  made = await buildBundles(folder, failureConverterPaths);
});
afterAll(() => rm(scratch, { recursive: true }));

test('are made once for the same workflows', async () => {
  expect(made).toBe(failureConverterPaths.length);
  expect(await buildBundles(folder, failureConverterPaths)).toBe(0);
});

test('there is one for each way in which failures are written', async () => {
  const codes = await Promise.all(failureConverterPaths.map((path) => findBundle(folder, path)));
  expect(new Set(codes.map((bundle) => bundle?.code)).size).toBe(failureConverterPaths.length);
});

test('what they hold of ours is in the folders that tell whether one is stale', async () => {
  const code = (await findBundle(folder, converter))?.code ?? '';
  const map = code.slice(code.lastIndexOf('base64,') + 'base64,'.length);
  const { sources } = z
    .object({ sources: z.array(z.string()) })
    .parse(JSON.parse(Buffer.from(map, 'base64').toString()));
  const ours = sources
    .map((source) => source.replace(/^(webpack:\/\/)?(file:\/\/)?/, ''))
    .filter((source) => source.endsWith('.ts') && !source.includes('node_modules'))
    .map((source) => resolve(source));
  expect(ours.length).toBeGreaterThan(10);
  const folders = workflowFolders.map((name) => join(src, name));
  expect(ours.filter((file) => !folders.some((there) => file.startsWith(`${there}/`)))).toEqual([]);
});

test('one of workflows that have changed since is not taken, and goes when it is old and there is a new one', async () => {
  const copy = join(scratch, 'src');
  for (const name of workflowFolders) await cp(join(src, name), join(copy, name), { recursive: true });
  expect(await fingerprintOfWorkflows(copy)).toBe(await fingerprintOfWorkflows());
  await writeFile(join(copy, 'workflows/order/new.ts'), '');
  const changed = await fingerprintOfWorkflows(copy);
  expect(changed).not.toBe(await fingerprintOfWorkflows());

  const stale = join(scratch, 'stale');
  await cp(folder, stale, { recursive: true });
  const [name = ''] = await readdir(stale);
  await rm(stale, { recursive: true });
  await cp(join(folder, name), join(stale, `${changed}${name.slice(changed.length)}`));
  expect(await findBundle(stale, converter)).toBeNull();
  await buildBundles(stale, [converter]);
  expect(await readdir(stale)).toHaveLength(2);
  const old = new Date(Date.now() - 8 * 24 * 60 * 60 * 1_000);
  for (const file of await readdir(stale)) await utimes(join(stale, file), old, old);
  await buildBundles(stale, [converter]);
  expect(await readdir(stale)).toHaveLength(1);
  expect(await findBundle(stale, converter)).not.toBeNull();
});

test('a worker without one makes its own, and says so', async () => {
  const said: string[] = [];
  const logger = createLogger(
    { level: 'warn', format: 'json' },
    {},
    { write: (line: string) => said.push(line) },
  );
  const { code } = await workflowBundle(join(scratch, 'nowhere'), converter, logger);
  expect(code).toContain('reserveStock');
  expect(said.join('')).toContain('workflowBundleMissing');
});
