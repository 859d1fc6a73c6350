import express, { Router } from 'express';
import { text } from '../shared/control-routes.ts';
import { authorize, declineWith } from './confirm-intent.ts';
import { StripeFailure } from './errors.ts';
import { intentNamed } from './intent-object.ts';
import type { Intent } from './objects.ts';
import type { Context } from './operation.ts';
import { cardFor } from './payment-methods.ts';
import type { Store, Transaction } from './store.ts';

type ContextFor = (transaction: Transaction) => Context;

/** Ends the 3-D Secure step of an intent that waits for it, as its customer would. */
export function authenticate(id: string, succeeds: boolean, store: Store, contextFor: ContextFor): Intent {
  return store.transact({ requestId: null, idempotencyKey: null }, (transaction) => {
    const context = contextFor(transaction);
    const intent = intentNamed(id, store);
    if (intent.status !== 'requires_action' || intent.payment_method === null) {
      throw new StripeFailure(
        409,
        { type: 'invalid_request_error', message: `${id} waits for nobody: it is ${intent.status}` },
        { executed: false },
      );
    }
    const card = cardFor(intent.payment_method, intent.customer, store, transaction);
    if (succeeds) return authorize(intent, card, context);
    const message =
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
    const code = 'payment_intent_authentication_failure';
    return declineWith(intent, card, { kind: 'declined', code, declineCode: code, message }, context).intent;
  });
}

/** The page that `next_action` links to, and the command behind its buttons. */
export function authenticationRoutes(store: Store, contextFor: ContextFor): Router {
  const routes = Router();
  routes.get('/sandbox/authenticate/:id', ({ params }, response) => {
    const intent = intentNamed(params.id, store);
    response.type('html').send(page(intent));
  });
  routes.post('/sandbox/authenticate/:id', express.urlencoded({ extended: false }), (request, response) => {
    const form: { outcome?: unknown } = request.body ?? {};
    const outcome = text(form.outcome) ?? text(request.query.outcome) ?? 'succeed';
    const before = intentNamed(request.params.id ?? '', store);
    const intent = authenticate(before.id, outcome === 'succeed', store, contextFor);
    const returnUrl = before.next_action?.redirect_to_url?.return_url;
    if (returnUrl && request.accepts(['json', 'html']) === 'html') {
      response.redirect(303, `${returnUrl}?payment_intent=${intent.id}`);
    } else response.json(intent);
  });
  return routes;
}

function page({ id, amount, currency, status }: Intent): string {
  const price = `${(amount / 100).toFixed(2)} ${currency.toUpperCase()}`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>3-D Secure</title>
<style>body{font:16px system-ui;max-width:26rem;margin:12vh auto;padding:0 1rem}button{font:inherit;padding:.6rem 1rem;margin-right:.5rem}</style>
<h1>Is it you?</h1><p>The shop asks for <strong>${price}</strong> (${id}, ${status}).</p>
<form method="post"><button name="outcome" value="succeed">Complete</button><button name="outcome" value="fail">Fail</button></form></html>`;
}
