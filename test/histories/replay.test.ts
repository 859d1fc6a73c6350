import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromJson, personalDataIn } from '../support/histories.ts';
import { replay } from '../support/replay.ts';
import { scenes } from './scenes.ts';

const releases = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const recorded = releases.flatMap((release) =>
  readdirSync(join(import.meta.dirname, release)).map((file) => ({
    name: `${release}/${file.replace(/\.json$/, '')}`,
    json: readFileSync(join(import.meta.dirname, release, file), 'utf8'),
  })),
);

test('every scene has been recorded', () => {
  const names = recorded.map(({ name }) => name.split('/')[1]);
  expect(names).toEqual(expect.arrayContaining(scenes.map(({ name }) => name)));
});

/** All of it is work for the processor, which is others' as well. */
const replayTimeoutMs = 120_000;

test(
  'every history that a release has recorded replays with the code of today',
  { timeout: replayTimeoutMs },
  async () => {
    expect(await replay(recorded.map(({ name, json }) => fromJson(name, json)))).toEqual([]);
  },
);

test.each(recorded)('$name tells nothing of the customer', ({ json }) => {
  expect(personalDataIn(json)).toEqual([]);
});
