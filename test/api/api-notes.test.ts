import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endpoints } from '../../src/api/endpoints.ts';
import { problemNamesOf } from '../../src/api/document/openapi.ts';
import { document, whyNotDocumented } from './contract.ts';

const notes = readFileSync(join(import.meta.dirname, '../../docs/api-notes.md'), 'utf8');

/** Each part of the notes that shows an answer, by its route. */
const shown = [...notes.matchAll(/^## `GET (\S+)`\n[^#]*?```json\n([^`]*)```/gm)].map(
  ([, path = '', json = '']) => ({ path, body: JSON.parse(json) as unknown }),
);

test.each(shown)('the answer that the notes show for GET $path is as its schema says', ({ path, body }) => {
  expect(whyNotDocumented('GET', path, { status: 200, mediaType: 'application/json', body })).toBeNull();
});

test('the notes show an answer of each of the figures', () => {
  expect(shown.map(({ path }) => path)).toEqual(['/leaderboard', '/reports/daily']);
});

test('the document describes what the notes tell of', () => {
  const { paths } = document;
  expect(paths?.['/orders/{id}/events']?.get?.responses?.['204']).toMatchObject({
    description: expect.stringContaining('ended'),
  });
  const run = endpoints.find(({ operationId }) => operationId === 'getOrderWorkflow');
  expect(run && problemNamesOf(run)).toEqual(expect.arrayContaining(['run-forgotten', 'run-not-started']));
  const missing = paths?.['/orders/{id}/workflow']?.get?.responses?.['404'];
  for (const name of ['run-not-started', 'run-forgotten'])
    expect(JSON.stringify(missing)).toContain(`/problems/${name}`);
});
