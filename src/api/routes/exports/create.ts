import { z } from 'zod';
import { exportFormat, exportOrders, ordersFilter } from '../../../activities/jobs/export-orders/type.ts';
import { acceptJob } from '../../../db/jobs/accept.ts';
import { rowOf } from '../../../db/jobs/enqueue.ts';
import { askAgain, askedBy, assertRoom, tellAccepted } from '../../bodies/accepted-job.ts';
import { endpoint } from '../../endpoint.ts';
import { jobLinks as linksOf } from '../../bodies/links.ts';
import { answerOfRepeat, isFirst } from '../../http/repeats.ts';
import { acceptedHeaders } from '../../schemas/headers.ts';
import { jobId, jobLinks } from '../../schemas/job.ts';
import { exampleJobId } from '../jobs/examples.ts';

const newExport = z
  .strictObject({
    kind: z.literal('orders'),
    format: exportFormat,
    filter: ordersFilter.default({}).meta({ description: 'Filters add up; without any, all orders.' }),
  })
  .meta({ id: 'NewExport' });

const accepted = z
  .strictObject({ jobId, status: z.literal('queued'), links: jobLinks })
  .meta({ id: 'AcceptedExport' });

export const createExport = endpoint({
  method: 'post',
  path: '/exports',
  operationId: 'createExport',
  tag: 'Files',
  access: 'jobs:write',
  summary: 'Have orders written into a file',
  description: `A job writes the orders, the oldest first, as they stood when it read them; orders that are placed after it has begun are left
out. Once it is completed, \`GET /jobs/{id}/result\` leads to the file.

Cells of CSV that a spreadsheet would take for formulas have an apostrophe in front. A sheet of XLSX has a million rows, then
comes another one.`,
  repeatable: true,
  body: newExport,
  bodyExample: { kind: 'orders', format: 'csv', filter: { status: 'completed' } },
  responses: {
    202: {
      description: 'The export is accepted.',
      body: accepted,
      headers: acceptedHeaders(`/jobs/${exampleJobId}`),
      example: { jobId: exampleJobId, status: 'queued', links: linksOf(exampleJobId) },
    },
  },
  problems: ['backlog-full'],
  async handle({ body: { format, filter }, caller, repeatable, trace }, context) {
    assertRoom(context, exportOrders);
    const row = rowOf(exportOrders, { input: { format, filter }, ...askedBy(caller, trace) });
    const repeated = await acceptJob(context.pool, row, repeatable, answerTo);
    const answer = answerOfRepeat(repeated);
    const afterwards = () => tellAccepted(context, exportOrders, row.id, caller, trace);
    return { ...answer, ...(isFirst(repeated) && { afterwards }) };
  },
});

function answerTo(id: string) {
  const links = linksOf(id);
  return {
    status: 202,
    headers: { Location: links.self, ...askAgain },
    body: { jobId: id, status: 'queued', links },
  };
}
