import { z } from 'zod';
import { endpoint } from '../../endpoint.ts';
import { healthStatuses } from '../../health.ts';
import { time } from '../../schemas/fields.ts';

const status = z.enum(healthStatuses);

const report = z
  .strictObject({
    status,
    releaseId: z.string().meta({ description: 'Which code runs.' }),
    checks: z.record(
      z.string(),
      z.array(
        z.strictObject({
          componentType: z.enum(['datastore', 'system', 'component']),
          status,
          observedValue: z.number().optional(),
          observedUnit: z.string().optional(),
          output: z.string().optional().meta({ description: 'What is wrong.' }),
          time,
        }),
      ),
    ),
  })
  .meta({ id: 'Health', description: 'By draft-inadarei-api-health-check.' });

const mediaType = 'application/health+json';
const at = '2026-01-15T09:30:00.000Z';

export const health = endpoint({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tag: 'Operations',
  access: 'unmetered',
  summary: 'How the service is',
  description:
    '`warn`: it works, and somebody should look. Temporal, Stripe or EasyPost is out of reach, more than 1,000 entries wait in the outbox or 1,000 jobs in their queue, nothing has gone on for five minutes while orders wait or jobs of a queue do, workers do not know a type of jobs, or money or stock does not balance. `fail`: Postgres is away. The providers are looked at behind the answers, every 15 seconds at most, and are left out until they have been.',
  withoutDatabase: true,
  responses: {
    200: {
      description: 'It passes, or warns.',
      mediaType,
      body: report,
      example: {
        status: 'warn',
        releaseId: '1.0.0',
        checks: {
          'temporal:reachable': [
            { componentType: 'system', status: 'warn', output: 'Temporal is out of reach.', time: at },
          ],
          'outbox:depth': [
            {
              componentType: 'component',
              status: 'pass',
              observedValue: 12,
              observedUnit: 'entries',
              time: at,
            },
          ],
        },
      },
    },
    503: { description: 'It fails.', mediaType, body: report },
  },
  problems: [],
  async handle(_request, context) {
    const { status: overall, checks } = await context.health();
    const shown = Object.entries(checks).map(([name, check]) => [
      name,
      [{ ...check, time: check.time.toISOString() }],
    ]);
    const body = {
      status: overall,
      releaseId: context.settings.buildId,
      checks: Object.fromEntries(shown),
    };
    return overall === 'fail' ? { status: 503, body } : { status: 200, body };
  },
});
