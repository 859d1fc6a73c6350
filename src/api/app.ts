import express, { type Express, type Request, type Response } from 'express';
import { createSealer } from '../domain/sealing.ts';
import { lazily } from '../lazily.ts';
import { answerError } from './problems/answer-error.ts';
import type { ApiContext } from './api-context.ts';
import { allowOrigin } from './http/cross-origin.ts';
import { endpoints } from './endpoints.ts';
import { Problem } from './problems/errors.ts';
import { beginExchange, exchangeOf } from './http/exchange.ts';
import { createHealth } from './health.ts';
import { createKnownProducts } from './known-products.ts';
import { expressPath, mount } from './http/mount.ts';
import { createOpenApi } from './document/openapi.ts';
import { setSecurityHeaders } from './http/security-headers.ts';

type MadeHere = 'document' | 'health' | 'knownProducts' | 'sealer';

/** The HTTP interface, ready to be listened with. */
export function createApp(parts: Omit<ApiContext, MadeHere>): Express {
  const document = lazily(() => createOpenApi(endpoints, parts.settings.buildId));
  const context: ApiContext = {
    ...parts,
    health: createHealth(parts),
    knownProducts: createKnownProducts(),
    sealer: createSealer(parts.settings.payloadKeys),
    document: () => ({ ...document.get() }),
  };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', [...parts.settings.trustedProxies]);
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.use((request, response, next) => {
    beginExchange(request, response, context);
    setSecurityHeaders(response, context.settings);
    // While the process is ending, no connection is kept for a next request.
    if (context.isDraining()) response.shouldKeepAlive = false;
    if (request.headers.host === undefined && request.httpVersion !== '1.0')
      throw new Problem('malformed-request');
    next();
  });
  for (const endpoint of endpoints) mount(app, endpoint, context);
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path)))
    refuseOtherMethods(app, path, context);
  app.use(() => {
    throw new Problem('not-found');
  });
  app.use(answerError(context));
  return app;
}

function refuseOtherMethods(app: Express, path: string, { settings }: ApiContext): void {
  const here = endpoints.filter((endpoint) => endpoint.path === path);
  const methods = here.map(({ method }) => method.toUpperCase());
  const uiOrigin = new URL(settings.temporalUiUrl).origin;
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  app.all(expressPath(path), (request: Request, response: Response) => {
    exchangeOf(response).route = path;
    if (here.some(({ crossOrigin }) => crossOrigin)) allowOrigin(request, response, uiOrigin);
    if (request.method !== 'OPTIONS') {
      throw new Problem('method-not-allowed', `${path} takes ${allow}.`, { headers: { Allow: allow } });
    }
    response.writeHead(204, { Allow: allow }).end();
  });
}
