import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { envSchema } from '../../src/config/env.ts';
import { queueVariables } from '../../src/config/worker-queues.ts';
import { queueNames } from '../../src/domain/queue.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const [, section = ''] = readme.split('## Configure the workers\n');
const named = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`[A-Z].*?) \|/gm)].flatMap(
  ([, cell = '']) => [...cell.matchAll(/`([A-Z_<>]+)`/g)].map(([, name = '']) => name),
);
const ofEachQueue = '<QUEUE>';
const meant = named.flatMap((name) =>
  name.includes(ofEachQueue)
    ? queueNames.map((queue) => name.replace(ofEachQueue, queue.toUpperCase()))
    : [name],
);

test('README names every variable of the queues', () => {
  expect(Object.keys(queueVariables).filter((name) => !meant.includes(name))).toEqual([]);
});

test('README names no variable that there is not', () => {
  expect(meant.length).toBeGreaterThan(queueNames.length);
  expect(meant.filter((name) => !(name in envSchema.shape))).toEqual([]);
});
