import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ApiContext } from '../api-context.ts';
import type { Endpoint, EndpointRequest } from '../endpoint.ts';
import { Problem, type InputError } from '../problems/errors.ts';
import { invalidInput, validate } from '../problems/invalid-input.ts';
import { maxBodyBytes } from '../limits.ts';
import { isMultipart, readUpload, type Upload } from '../upload/read-upload.ts';
import { discard } from '../upload/store-image.ts';
import type { EventStream } from '../live/event-stream.ts';
import { shedLoad } from './admission.ts';
import { allowOrigin } from './cross-origin.ts';
import { parseIfMatch } from './etag.ts';
import { exchangeOf, send, sendFile, sendStream, sendTagged } from './exchange.ts';
import { parseIdempotencyKey, requestHash } from './idempotency-key.ts';
import { isJson, parseJson, unstorable } from './json-body.ts';

const nothing = Buffer.alloc(0);

/** Puts an endpoint at its route: reads, validates, handles, sends. What it throws goes to the error handler. */
export function mount(app: Express, endpoint: Endpoint, context: ApiContext): void {
  const takesBody = endpoint.body !== undefined || endpoint.rawBody !== undefined;
  const receive = express.raw({
    type: () => true,
    limit: endpoint.rawBody?.maxBytes ?? maxBodyBytes,
    inflate: false,
  });
  const uiOrigin = new URL(context.settings.temporalUiUrl).origin;
  const enter = (request: Request, response: Response, next: NextFunction) => {
    exchangeOf(response).route = endpoint.path;
    if (endpoint.crossOrigin) allowOrigin(request, response, uiOrigin);
    next();
  };
  const admit = async (request: Request, response: Response, next: NextFunction) => {
    exchangeOf(response).caller = await context.access.admit(endpoint.access, request, response);
    next();
  };
  const shed = (_request: Request, _response: Response, next: NextFunction) => {
    if (endpoint.sheds) shedLoad(context);
    next();
  };
  /** Whose key is revoked, or no longer has the scope, comes back to a stream as little as to anything else. */
  const asLongAsAdmitted =
    (begin: (stream: EventStream) => void, request: Request) => (stream: EventStream) => {
      stream.onClosed(context.access.stay(endpoint.access, request, () => stream.end()));
      begin(stream);
    };
  const respond = async (request: Request, response: Response, upload: Upload | null) => {
    const read = await readRequest(endpoint, request, response, context, upload);
    const answer = await endpoint.handle(read, context);
    const mediaType = endpoint.responses[answer.status]?.mediaType ?? 'application/json';
    if (answer.stream) sendStream(request, response, answer, asLongAsAdmitted(answer.stream, request));
    else if (answer.filePath !== undefined) await sendFile(response, answer, answer.filePath);
    else if (endpoint.tagged && answer.status === 200) sendTagged(request, response, answer, mediaType);
    else send(response, answer, mediaType);
    answer.afterwards?.();
  };
  const handle = (request: Request, response: Response) => respond(request, response, null);
  const handleUpload = async (request: Request, response: Response, next: NextFunction) => {
    const { upload: spec } = endpoint;
    if (!spec || !isMultipart(request.headers['content-type'])) {
      if (spec?.only) throw new Problem('unsupported-media-type');
      next();
      return;
    }
    const upload = await readUpload(request, spec, context);
    try {
      await respond(request, response, upload);
    } catch (error) {
      await discard(context, upload.file);
      throw error;
    }
  };
  const handlers = takesBody ? [enter, admit, shed, handleUpload, receive, handle] : [enter, admit, handle];
  app[endpoint.method](expressPath(endpoint.path), ...handlers);
}

/** `/orders/{id}` as Express writes it: `/orders/:id`. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

async function readRequest(
  endpoint: Endpoint,
  request: Request,
  response: Response,
  context: ApiContext,
  upload: Upload | null,
): Promise<EndpointRequest<unknown, unknown, unknown>> {
  const rawBody = Buffer.isBuffer(request.body) ? request.body : nothing;
  const params = readParams(endpoint, request.params);
  const key = endpoint.repeatable ? parseIdempotencyKey(request.headers['idempotency-key']) : null;
  const ifMatch = endpoint.guarded ? parseIfMatch(request.headers['if-match']) : null;
  const json = endpoint.body && (upload?.fields ?? readJson(endpoint, request, rawBody));
  const query = readQuery(endpoint, request);
  const { trace, caller, stopwatch } = exchangeOf(response);
  const body = await readBody(endpoint, { params, json, upload }, context);
  return {
    params,
    query,
    body,
    file: upload?.file ?? null,
    rawBody,
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress,
    untilGone: () => closeSignal(response),
    beginWait: () => stopwatch.wait(),
    trace,
    caller,
    ifMatch,
    repeatable:
      key === null
        ? null
        : { scope: caller.id, key, bodyHash: hashOf(endpoint, params, asked(json, upload)) },
  };
}

function closeSignal(response: Response): AbortSignal {
  const closed = new AbortController();
  if (response.destroyed) closed.abort();
  else response.once('close', () => closed.abort());
  return closed.signal;
}

/** What was asked for in a body, its file included. */
function asked(json: unknown, upload: Upload | null): unknown {
  return upload ? { fields: json, file: upload.file?.sha256 ?? null } : json;
}

/** A key on a path of its own asks for something of its own. */
function hashOf(endpoint: Endpoint, params: unknown, json: unknown): Buffer {
  return requestHash(routeOf(endpoint), params === undefined ? json : { params, body: json });
}

function routeOf(endpoint: Endpoint): string {
  return `${endpoint.method.toUpperCase()} ${endpoint.path}`;
}

function readParams(endpoint: Endpoint, given: Request['params']): unknown {
  if (!endpoint.params) return undefined;
  const result = validate(endpoint.params, given);
  if ('errors' in result) throw new Problem(endpoint.unknown ?? 'not-found');
  return result.value;
}

/** Each parameter once; an endpoint without parameters takes no notice of any. */
function readQuery(endpoint: Endpoint, request: Request): unknown {
  if (!endpoint.query) return undefined;
  const given = [...new URLSearchParams(request.url.split('?').slice(1).join('?'))];
  const names = given.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const errors: InputError[] = twice.map((name) => ({
    pointer: `#/${name}`,
    detail: 'is given more than once',
  }));
  const result = validate(endpoint.query, Object.fromEntries(given));
  if ('errors' in result) errors.push(...result.errors);
  if (errors.length > 0) throw invalidInput(errors.map((error) => ({ ...error, in: 'query' })));
  return 'value' in result ? result.value : undefined;
}

function readJson(endpoint: Endpoint, request: Request, rawBody: Buffer): unknown {
  if (rawBody.length === 0 && endpoint.bodyOptional) return {};
  if (rawBody.length > 0 && !isJson(request.headers['content-type']))
    throw new Problem('unsupported-media-type');
  return parseJson(rawBody);
}

async function readBody(
  { body: schema, furtherErrors }: Endpoint,
  given: { readonly params: unknown; readonly json: unknown; readonly upload: Upload | null },
  context: ApiContext,
): Promise<unknown> {
  if (!schema) return undefined;
  const { params, json, upload } = given;
  const storage = [...(upload?.errors ?? []), ...unstorable(json)];
  const result = validate(schema, json);
  if ('value' in result && storage.length === 0) return result.value;
  const found = [...storage, ...('errors' in result ? result.errors : [])];
  const further = (await furtherErrors?.(json, context, params)) ?? [];
  const errors = [...found, ...further];
  if (upload?.isNoImage) throw new Problem('not-an-image', undefined, { errors });
  throw invalidInput(errors);
}
