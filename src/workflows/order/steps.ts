import type { Authorization } from '../../activities/payments/authorize.ts';
import type { OrderProxies } from '../activities.ts';
import type { Step } from '../saga.ts';

/** The steps of an order: do and undo side by side, both addressed by the order's id. */
export function orderSteps(orderId: string, activities: OrderProxies) {
  const order = { orderId };
  return {
    reserveStock: {
      name: 'reserve_stock',
      title: 'Reserve stock',
      run: () => activities.reserveStock(order),
      undo: () => activities.releaseStock(order),
    },
    authorizePayment: {
      name: 'authorize_payment',
      title: 'Authorize payment',
      run: () => activities.authorizePayment(order),
      undo: () => activities.voidPayment(order),
    },
    confirm: {
      name: 'confirm',
      title: 'Confirm the order',
      run: () => activities.confirmOrder(order),
      undo: () => activities.retractOrder(order),
    },
    buyLabel: {
      name: 'buy_label',
      title: 'Buy the label',
      run: () => activities.buyLabel(order),
      undo: () => activities.refundLabel(order),
    },
    capturePayment: {
      name: 'capture_payment',
      title: 'Capture the payment',
      run: () => activities.capturePayment(order),
      undo: () => activities.refundPayment(order),
    },
  } as const satisfies Record<string, Step | Step<Authorization>>;
}
