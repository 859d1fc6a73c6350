import express, { Router } from 'express';
import { text } from '../shared/control-routes.ts';
import { authenticationPage } from './authentication-page.ts';
import type { StripeCommands } from './commands.ts';
import { StripeFailure } from './errors.ts';
import { intentNamed } from './intent-object.ts';
import type { Store } from './store.ts';

/** The commands over HTTP, and the page that an intent's `next_action` links to. */
export function commandRoutes(commands: StripeCommands, store: Store): Router {
  const routes = Router();
  routes.get('/sandbox/balances', (_request, response) => {
    response.json({ balances: commands.balances() });
  });
  routes.delete('/sandbox/idempotency-keys', (_request, response) => {
    commands.forgetIdempotencyKeys();
    response.status(204).end();
  });
  routes.post('/sandbox/payment_intents/:id/expire', ({ params }, response) => {
    response.json(commands.expireAuthorization(params.id));
  });
  routes.get('/sandbox/authenticate/:id', ({ params }, response) => {
    response.type('html').send(authenticationPage(intentNamed(params.id, store)));
  });
  routes.post('/sandbox/authenticate/:id', express.urlencoded({ extended: false }), (request, response) => {
    const form: { outcome?: unknown } = request.body ?? {};
    const outcome = text(form.outcome) ?? text(request.query.outcome) ?? 'succeed';
    const { id, next_action: action } = intentNamed(request.params.id ?? '', store);
    const intent = commands.authenticate(id, outcome === 'succeed');
    const returnUrl = action?.redirect_to_url?.return_url;
    if (!returnUrl || request.accepts(['json', 'html']) !== 'html') response.json(intent);
    else response.redirect(303, `${returnUrl}?payment_intent=${id}`);
  });
  routes.use(
    (error: unknown, _request: express.Request, response: express.Response, next: express.NextFunction) => {
      if (!(error instanceof StripeFailure)) return next(error);
      response.status(error.status).json({ error: error.body });
    },
  );
  return routes;
}
