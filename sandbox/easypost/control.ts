import express, { Router } from 'express';
import { z } from 'zod';
import type { Carrier } from './carrier.ts';
import { EasyPostFailure } from './errors.ts';
import type { OrderLabels } from './summary.ts';

const advance = z.object({
  status: z
    .enum([
      'pre_transit',
      'in_transit',
      'out_for_delivery',
      'delivered',
      'return_to_sender',
      'failure',
      'cancelled',
    ])
    .optional(),
});
const hold = z.object({ held: z.boolean().default(true) });
const clock = z.object({ stepMs: z.int().min(0) });

/** The carrier by hand: `/sandbox/trackers/:code/advance`, `…/hold`, `/sandbox/carrier`; and `/sandbox/labels`. */
export function carrierRoutes(carrier: Carrier, labels: () => OrderLabels[]): Router {
  const routes = Router();
  const json = express.json({ type: () => true });
  routes.post('/sandbox/trackers/:code/advance', json, ({ params, body }, response) => {
    const { status } = advance.parse(body ?? {});
    response.json(carrier.advance(params.code, status));
  });
  routes.post('/sandbox/trackers/:code/hold', json, ({ params, body }, response) => {
    const { held } = hold.parse(body ?? {});
    response.json(carrier.hold(params.code, held));
  });
  routes.put('/sandbox/carrier', json, ({ body }, response) => {
    const { stepMs } = clock.parse(body ?? {});
    carrier.setStepMs(stepMs);
    response.json({ stepMs });
  });
  routes.get('/sandbox/labels', (_request, response) => {
    response.json({ labels: labels() });
  });
  routes.use(
    (error: unknown, _request: express.Request, response: express.Response, next: express.NextFunction) => {
      if (!(error instanceof EasyPostFailure)) return next(error);
      response
        .status(error.status)
        .json({ error: { code: error.code, message: error.message, errors: error.errors } });
    },
  );
  return routes;
}
