import express, { Router, type ErrorRequestHandler } from 'express';
import { ZodError } from 'zod';
import type { Effect, EffectFilter } from './effects.ts';
import type { FaultRequest, Faults } from './faults.ts';

/** What every sandbox offers besides its protocol, in process and under `/sandbox` alike. */
export interface SandboxControl {
  ledger: (filter?: EffectFilter) => Effect[];
  summary: () => object;
  faults: Faults;
}

/** `/sandbox/health`, `/sandbox/ledger`, `/sandbox/summary` and `/sandbox/faults`. */
export function controlRoutes({ ledger, summary, faults }: SandboxControl): Router {
  const routes = Router();
  routes.get('/sandbox/health', (_request, response) => {
    response.json({ status: 'pass' });
  });
  routes.get('/sandbox/ledger', ({ query }, response) => {
    const effects = ledger({ orderId: text(query.orderId), kind: text(query.kind), id: text(query.id) });
    response.json({ effects });
  });
  routes.get('/sandbox/summary', (_request, response) => {
    response.json(summary());
  });
  routes.get('/sandbox/faults', (_request, response) => {
    response.json({ faults: faults.list() });
  });
  routes.post('/sandbox/faults', express.json({ type: () => true }), (request, response) => {
    const asked: FaultRequest = request.body;
    response.status(201).json(faults.add(asked));
  });
  routes.delete('/sandbox/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  routes.delete('/sandbox/faults/:faultId', ({ params }, response) => {
    faults.clear(Number(params.faultId));
    response.status(204).end();
  });
  return routes;
}

/** The value of a query parameter given once; undefined otherwise. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A control request that makes no sense is answered with what is wrong with it. */
export const controlErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (!request.path.startsWith('/sandbox/') || response.headersSent) return next(error);
  const issues = error instanceof ZodError ? error.issues : [{ message: String(error) }];
  response.status(422).json({ errors: issues });
};
