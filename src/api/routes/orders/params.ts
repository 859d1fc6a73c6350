import { z } from 'zod';
import { orderId } from '../../schemas/fields.ts';

/** The path of everything about one order. */
export const orderParams = z.object({ id: orderId });
