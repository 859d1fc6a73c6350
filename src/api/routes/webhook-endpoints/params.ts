import { z } from 'zod';

const id = z.uuid().toLowerCase().meta({ example: '019aab1c-7d20-7a3b-8c4d-2f1e0d9c8b7a' });

/** The path of everything about one endpoint. */
export const endpointParams = z.object({ id });

export const deliveryParams = z.object({ id, deliveryId: id });
