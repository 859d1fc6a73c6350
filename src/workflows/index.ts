export { notice } from './notice/notice.ts';
export { order } from './order/order.ts';
