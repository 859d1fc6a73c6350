export { alert } from './alert/alert.ts';
export { job } from './job/job.ts';
export { jobs } from './job/jobs.ts';
export { order } from './order/order.ts';
export { reconcile } from './reconcile/reconcile.ts';
export { tick } from './tick/tick.ts';
export { webhooks } from './webhooks/webhooks.ts';
