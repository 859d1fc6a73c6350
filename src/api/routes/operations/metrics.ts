import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { isLoopback } from '../../access/loopback.ts';

/** Of the text format, as Prometheus asks for it. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

export const metrics = endpoint({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  tag: 'Operations',
  access: 'unmetered',
  summary: 'Metrics for Prometheus',
  description: 'For the same machine only.',
  withoutDatabase: true,
  responses: { 200: { description: 'In the text format of Prometheus.', mediaType: 'text/plain' } },
  problems: ['loopback-only'],
  async handle({ remoteAddress, headers }, context) {
    // A proxy on this machine connects from the loopback address as well, on behalf of anybody.
    const forwarded = 'forwarded' in headers || 'x-forwarded-for' in headers;
    if (forwarded || !isLoopback(remoteAddress)) throw new Problem('loopback-only');
    return { status: 200, body: await context.metrics.collect(), headers: { 'Content-Type': contentType } };
  },
});
