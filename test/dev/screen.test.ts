import { expect, test } from 'vitest';
import { screen } from '../../dev/screen.ts';

const urls = {
  api: 'http://localhost:3000',
  apis: ['http://localhost:3000', 'http://localhost:3001'],
  temporalUi: 'http://localhost:8233',
  inbox: 'http://localhost:8025',
  stripe: undefined,
  easypost: undefined,
  metrics: ['http://localhost:9464/metrics'],
  database: 'postgres://localhost/shop',
};

test('the screen says where everything is, the document to read included', () => {
  const shown = screen({ urls, descriptions: ['Postgres', 'Temporal'] });
  const all = [...urls.apis, `${urls.api}/docs`, urls.temporalUi, urls.inbox, ...urls.metrics, urls.database];
  for (const url of all) expect(shown).toMatch(new RegExp(`${url}( |$)`, 'm'));
});

test('the screen leaves out what there is not', () => {
  const without = { ...urls, temporalUi: undefined };
  expect(screen({ urls: without, descriptions: [] })).not.toContain('Temporal Web UI');
});
