import type { Endpoint } from './endpoint.ts';
import { decodePayloads } from './routes/codec/decode.ts';
import { encodePayloads } from './routes/codec/encode.ts';
import { createExport } from './routes/exports/create.ts';
import { fetchFile } from './routes/files/fetch.ts';
import { getDailyReport } from './routes/figures/daily.ts';
import { getLeaderboard } from './routes/figures/leaderboard.ts';
import { docsBundle, docsStart, docsStyle } from './routes/docs/files.ts';
import { docs } from './routes/docs/page.ts';
import { createBulkOperation } from './routes/bulk-operations/create.ts';
import { getBulkOperation } from './routes/bulk-operations/read.ts';
import { cancelOneJob } from './routes/jobs/cancel.ts';
import { enqueue } from './routes/jobs/enqueue.ts';
import { streamJobEvents } from './routes/jobs/events.ts';
import { listAllJobs } from './routes/jobs/list.ts';
import { getJob } from './routes/jobs/read.ts';
import { getJobResult } from './routes/jobs/result.ts';
import { recoverCallbacks } from './routes/callbacks/recover.ts';
import { listJobDeliveries } from './routes/jobs/deliveries.ts';
import { resendJobDelivery } from './routes/jobs/resend.ts';
import { retryOneJob } from './routes/jobs/retry.ts';
import { listJobTypes } from './routes/job-types/list.ts';
import { pauseJobType } from './routes/job-types/pause.ts';
import { resumeJobType } from './routes/job-types/resume.ts';
import { getInventory } from './routes/inventory/read.ts';
import { setInventory } from './routes/inventory/set.ts';
import { health } from './routes/operations/health.ts';
import { livez } from './routes/operations/livez.ts';
import { metrics } from './routes/operations/metrics.ts';
import { openApi } from './routes/operations/openapi.ts';
import { getProblem } from './routes/operations/problem.ts';
import { readyz } from './routes/operations/readyz.ts';
import { cancelOrder } from './routes/orders/cancel.ts';
import { changeOrder } from './routes/orders/change.ts';
import { streamOrderEvents } from './routes/orders/events.ts';
import { getInvoice } from './routes/orders/invoice.ts';
import { listAllOrders } from './routes/orders/list.ts';
import { placeOrder } from './routes/orders/place.ts';
import { getOrder } from './routes/orders/read.ts';
import { resolveOrder } from './routes/orders/resolve.ts';
import { getTimeline } from './routes/orders/timeline.ts';
import { getWorkflow } from './routes/orders/workflow.ts';
import { createPhoto } from './routes/photos/create.ts';
import { getPhoto } from './routes/photos/read.ts';
import { createProduct } from './routes/products/create.ts';
import { listCatalogue } from './routes/products/list.ts';
import { register } from './routes/registrations/create.ts';
import { changeWebhookEndpoint } from './routes/webhook-endpoints/change.ts';
import { createWebhookEndpoint } from './routes/webhook-endpoints/create.ts';
import { deleteWebhookEndpoint } from './routes/webhook-endpoints/delete.ts';
import { listWebhookDeliveries } from './routes/webhook-endpoints/deliveries.ts';
import { listWebhookEndpoints } from './routes/webhook-endpoints/list.ts';
import { getWebhookEndpoint } from './routes/webhook-endpoints/read.ts';
import { recoverWebhooks } from './routes/webhook-endpoints/recover.ts';
import { resendWebhook } from './routes/webhook-endpoints/resend.ts';
import { rotateWebhookSecret } from './routes/webhook-endpoints/rotate-secret.ts';
import { backfillSchedule } from './routes/schedules/backfill.ts';
import { changeSchedule } from './routes/schedules/change.ts';
import { listAllSchedules } from './routes/schedules/list.ts';
import { pauseOneSchedule } from './routes/schedules/pause.ts';
import { getSchedule } from './routes/schedules/read.ts';
import { removeOneSchedule } from './routes/schedules/remove.ts';
import { resumeOneSchedule } from './routes/schedules/resume.ts';
import { triggerSchedule } from './routes/schedules/trigger.ts';
import { easypostWebhook } from './routes/webhooks/easypost.ts';
import { stripeWebhook } from './routes/webhooks/stripe.ts';

/** Every route there is: what is not here is neither served nor documented. */
export const endpoints: readonly Endpoint[] = [
  placeOrder,
  listAllOrders,
  getOrder,
  changeOrder,
  getWorkflow,
  getTimeline,
  streamOrderEvents,
  getInvoice,
  cancelOrder,
  resolveOrder,
  enqueue,
  listAllJobs,
  getJob,
  streamJobEvents,
  cancelOneJob,
  retryOneJob,
  listJobDeliveries,
  resendJobDelivery,
  recoverCallbacks,
  getJobResult,
  listJobTypes,
  pauseJobType,
  resumeJobType,
  createBulkOperation,
  getBulkOperation,
  listCatalogue,
  createProduct,
  getInventory,
  setInventory,
  listAllSchedules,
  getSchedule,
  changeSchedule,
  removeOneSchedule,
  pauseOneSchedule,
  resumeOneSchedule,
  triggerSchedule,
  backfillSchedule,
  getLeaderboard,
  getDailyReport,
  createExport,
  createPhoto,
  getPhoto,
  register,
  fetchFile,
  createWebhookEndpoint,
  listWebhookEndpoints,
  getWebhookEndpoint,
  changeWebhookEndpoint,
  deleteWebhookEndpoint,
  rotateWebhookSecret,
  listWebhookDeliveries,
  resendWebhook,
  recoverWebhooks,
  stripeWebhook,
  easypostWebhook,
  decodePayloads,
  encodePayloads,
  openApi,
  docs,
  docsStyle,
  docsBundle,
  docsStart,
  getProblem,
  health,
  livez,
  readyz,
  metrics,
];
