import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dynamicConfig } from '../../dev/temporal/dynamic-config.ts';
import { serverVersion, uiVersion } from '../../dev/temporal/versions.ts';
import { queueNames } from '../../src/domain/queue.ts';
import { envSchema } from '../../src/config/env.ts';

const root = join(import.meta.dirname, '../..');
const dependencies = z.record(z.string(), z.object({ condition: z.string() })).default({});
const service = z.looseObject({
  image: z.string(),
  depends_on: dependencies,
  environment: z.record(z.string(), z.unknown()).default({}),
  healthcheck: z.unknown().optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  build: z.object({ dockerfile: z.string(), target: z.string() }).optional(),
  deploy: z.object({ replicas: z.number() }).optional(),
});
const { services } = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(read('docker-compose.yml'), { merge: true }));

const installed = spawnSync('docker-compose', ['version'], { stdio: 'ignore' }).status === 0;

test.runIf(installed)('docker-compose takes the file', () => {
  expect(() => compose('config', '--quiet')).not.toThrow();
  expect(compose('config', '--services').trim().split('\n').toSorted()).toEqual(
    Object.keys(services).toSorted(),
  );
});

test('everything that npm start runs is there', () => {
  expect(Object.keys(services)).toEqual(
    expect.arrayContaining([
      'postgres',
      'temporal',
      'temporal-ui',
      'stripe',
      'easypost',
      'mail',
      'api',
      'worker',
      'heavy',
    ]),
  );
  expect(services['worker']?.deploy?.replicas).toBe(2);
});

const queuesOf = (name: string) => String(services[name]?.environment['WORKER_QUEUES']).split(',');

test('heavy jobs have a process of their own, and every queue is served once', () => {
  expect(queuesOf('heavy')).toEqual(['heavy']);
  expect([...queuesOf('worker'), ...queuesOf('heavy')].toSorted()).toEqual(queueNames.toSorted());
});

const workerNeeds = {
  migrate: 'service_completed_successfully',
  'temporal-namespace': 'service_completed_successfully',
  stripe: 'service_healthy',
  easypost: 'service_healthy',
  mail: 'service_healthy',
};

test('a part starts after what it needs', () => {
  expect(order()).toEqual({
    'temporal-schema': { postgres: 'service_healthy' },
    temporal: { 'temporal-schema': 'service_completed_successfully' },
    'temporal-namespace': { temporal: 'service_healthy' },
    'temporal-ui': { temporal: 'service_healthy' },
    migrate: { postgres: 'service_healthy' },
    keys: { migrate: 'service_completed_successfully' },
    api: { keys: 'service_completed_successfully' },
    worker: workerNeeds,
    heavy: workerNeeds,
  });
});

test('what others wait for, and what serves, has a health check', () => {
  const waitedFor = Object.values(order()).flatMap((needs) =>
    Object.entries(needs).flatMap(([name, condition]) => (condition === 'service_healthy' ? [name] : [])),
  );
  const needed = [...new Set([...waitedFor, 'api', 'worker', 'heavy'])];
  expect(needed.filter((name) => services[name]?.healthcheck === undefined)).toEqual([]);
});

test('data outlives its container, and nothing listens beyond this machine', () => {
  const keepers = Object.entries(services).flatMap(([name, { volumes }]) =>
    volumes.some((volume) => /^[a-z-]+-data:/.test(volume)) ? [name] : [],
  );
  expect(keepers).toEqual([
    'postgres',
    'stripe',
    'easypost',
    'mail',
    'migrate',
    'keys',
    'api',
    'worker',
    'heavy',
  ]);
  const published = Object.values(services).flatMap(({ ports }) => ports);
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test.for(['api', 'worker', 'heavy', 'migrate'])(
  '%s is told what its configuration asks for, by names that it knows',
  (name) => {
    const needed = Object.entries(envSchema.shape).flatMap(([variable, field]) =>
      field.safeParse(undefined).success ? [] : [variable],
    );
    const ofOthers = [
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
      'NODE_OPTIONS',
      'MALLOC_TRIM_THRESHOLD_',
      'MALLOC_MMAP_THRESHOLD_',
    ];
    const known = new Set([...Object.keys(envSchema.shape), ...ofOthers]);
    const given = Object.keys(services[name]?.environment ?? {});
    expect(given).toEqual(expect.arrayContaining(needed));
    expect(given.filter((variable) => !known.has(variable))).toEqual([]);
  },
);

test('every file that a command or a mount names exists, and every build target is a stage of the image', () => {
  const all = Object.values(services);
  const programs = all.flatMap(({ command = [] }) => command.join(' ').match(/\S+\.(?:ts|mjs)/g) ?? []);
  const mounts = all.flatMap(({ volumes }) => volumes.filter((volume) => volume.startsWith('./')));
  const files = [...programs, ...mounts.map((mount) => mount.split(':')[0] ?? ''), 'ops/healthcheck.mjs'];
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  const targets = new Set(all.flatMap(({ build }) => (build === undefined ? [] : [build.target])));
  const stages = [...read('ops/Dockerfile').matchAll(/^FROM .* AS (\S+)$/gm)].map(([, stage]) => stage);
  expect([...targets].filter((target) => !stages.includes(target))).toEqual([]);
});

test('Temporal is the version that npm start builds, with the same settings', () => {
  expect(services['temporal']?.image).toBe(`temporalio/server:${serverVersion}`);
  expect(services['temporal-schema']?.image).toBe(`temporalio/admin-tools:${serverVersion}`);
  expect(services['temporal-ui']?.image).toBe(`temporalio/ui:${uiVersion}`);
  const settings = Object.entries(dynamicConfig).map(([name, value]) => [name, [{ value }]]);
  expect(parse(read('ops/temporal/dynamic-config.yaml'))).toEqual(Object.fromEntries(settings));
});

function order(): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, { depends_on: needs }]) => {
      const conditions = Object.entries(needs).map(([needed, { condition }]) => [needed, condition]);
      return conditions.length === 0 ? [] : [[name, Object.fromEntries(conditions)]];
    }),
  );
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function compose(...args: string[]): string {
  return execFileSync('docker-compose', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
