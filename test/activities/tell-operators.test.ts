import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlerts } from '../../src/activities/alerts.ts';
import { raise } from '../../src/db/alerts.ts';
import { transaction } from '../../src/db/pool.ts';
import { Failure } from '../../src/domain/failures.ts';
import type { Mail } from '../../src/providers/mail.ts';
import { createEvents } from '../../src/telemetry/events.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const away = new Failure('ProviderUnavailable', 'away');

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

async function raised(occurrence: string): Promise<string> {
  const facts = { view: 'stock', onHand: 5 };
  await transaction(database.pool, (tx) =>
    raise(tx, { occurrence, type: 'books.imbalance', orderId: null, facts }),
  );
  const { rows } = await database.pool.query<{ id: string }>(
    'select id from operator_alerts where occurrence = $1',
    [occurrence],
  );
  return rows[0]?.id ?? '';
}

/** Operators whose webhook answers as told, one answer after the other. */
function operators(answers: readonly ('taken' | 'gone' | Failure)[]) {
  const mails: Mail[] = [];
  const posts: string[] = [];
  const left = [...answers];
  const logger = createLogger({ level: 'fatal', format: 'json' }, { service: 'worker', buildId: 'test' });
  const activities = createAlerts({
    pool: database.pool,
    mailDomain: 'shop.example',
    events: createEvents(logger, createMetrics()),
    mailer: {
      async send(mail) {
        mails.push(mail);
        return { response: '250' };
      },
      ping: async () => undefined,
      close: () => undefined,
    },
    operators: {
      email: 'oncall@shop.example',
      webhook: {
        async post({ id }) {
          const answer = left.shift() ?? 'taken';
          if (answer instanceof Failure) throw answer;
          posts.push(id);
          return answer;
        },
      },
    },
  });
  const tellOperators = (ref: { alertId: string }) => activities.tellOperators(ref);
  return { tellOperators, mails, posts };
}

test('an alert is mailed once although its webhook has to be tried again', async () => {
  const alertId = await raised('one');
  const { tellOperators, mails, posts } = operators([away, 'taken']);
  await expect(tellOperators({ alertId })).rejects.toBe(away);
  await tellOperators({ alertId });
  await tellOperators({ alertId });
  expect([mails.length, posts]).toEqual([1, [alertId]]);
  expect(mails[0]).toMatchObject({
    messageId: `<alert.${alertId}@shop.example>`,
    to: 'oncall@shop.example',
    subject: 'The books do not balance',
    text: expect.stringContaining('onHand: 5'),
  });
});

test('an endpoint that is gone is not asked again', async () => {
  const alertId = await raised('two');
  const { tellOperators, posts } = operators(['gone']);
  await tellOperators({ alertId });
  await tellOperators({ alertId });
  expect(posts).toEqual([alertId]);
});

test('one occurrence raises one alert', async () => {
  await Promise.all([raised('three'), raised('three')]);
  const { rows } = await database.pool.query(
    `select 1 from outbox where kind = 'alert' and payload->>'alertId' in
       (select id::text from operator_alerts where occurrence = 'three')`,
  );
  expect(rows).toHaveLength(1);
});
