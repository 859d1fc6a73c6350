/** Under this name an intent and its refunds carry the order's id in their metadata. */
export const orderIdField = 'order_id';

/** Under this name a refund carries our key in its metadata, so that it is found when Stripe has forgotten the key. */
export const refundKeyField = 'refund_key';
