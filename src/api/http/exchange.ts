import type { Request, Response } from 'express';
import type { ApiContext } from '../api-context.ts';
import { createEventStream, type EventStream } from '../live/event-stream.ts';
import { Problem, problems } from '../problems/errors.ts';
import { problemBody } from '../problems/problem-body.ts';
import { anonymous, type Caller } from '../access/caller.ts';
import { etagOf, hasAlready } from './etag.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';
import { traceOf, type Trace } from './trace.ts';

/** What is known about a request from its first moment on. */
export interface Exchange {
  readonly trace: Trace;
  /** The pattern of the path, for the log and the metrics; paths themselves have no end. */
  route: string;
  /** The answer goes on until either side ends it, so that neither end is a failure. */
  goesOn?: boolean;
  /** Anonymous until the route has admitted somebody. */
  caller: Caller;
  readonly stopwatch: Stopwatch;
}

const exchanges = new WeakMap<Response, Exchange>();

export function exchangeOf(response: Response): Exchange {
  const exchange = exchanges.get(response);
  if (!exchange) throw new Error('a response that no exchange was begun for');
  return exchange;
}

/** Begins an exchange: gives it its trace, and tells log and metrics when it is over. */
export function beginExchange(request: Request, response: Response, { events }: ApiContext): void {
  const exchange: Exchange = {
    trace: traceOf(request.headers.traceparent),
    route: 'none',
    caller: anonymous,
    stopwatch: createStopwatch(),
  };
  exchanges.set(response, exchange);
  response.once('close', () => {
    events.requestServed({
      method: request.method,
      route: exchange.route,
      status: response.writableFinished || exchange.goesOn ? response.statusCode : clientClosedRequest,
      ...exchange.stopwatch.read(),
      traceId: exchange.trace.traceId,
    });
  });
}

/** What logs and metrics show where the client went away before its answer, after nginx's custom. */
const clientClosedRequest = 499;

/** On every answer. */
const generalHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** Sends a body: a string as it is, nothing as nothing, anything else as JSON. */
export function send(
  response: Response,
  answer: { status: number; body?: unknown; headers?: Readonly<Record<string, string>> | undefined },
  mediaType: string,
): void {
  if (answer.body === undefined) {
    response.writeHead(answer.status, { ...generalHeaders, ...answer.headers }).end();
    return;
  }
  const body = bytesOf(answer.body);
  response.writeHead(answer.status, {
    'Content-Type': mediaType,
    'Content-Length': body.length,
    ...generalHeaders,
    ...answer.headers,
  });
  response.end(body);
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The same with its entity tag, or 304 to a client that has it already. */
export function sendTagged(
  request: Request,
  response: Response,
  answer: { status: number; body?: unknown; headers?: Readonly<Record<string, string>> | undefined },
  mediaType: string,
): void {
  const body = bytesOf(answer.body);
  const headers = { ...answer.headers, ETag: etagOf(body) };
  if (hasAlready(request.headers['if-none-match'], headers.ETag))
    send(response, { status: 304, headers }, '');
  else send(response, { ...answer, body, headers }, mediaType);
}

/** Sends a file of the machine, or the part of it that the request asks for (RFC 9110, 14). */
export async function sendFile(
  response: Response,
  { headers }: { headers?: Readonly<Record<string, string>> },
  path: string,
): Promise<void> {
  exchangeOf(response).goesOn = true;
  response.set({ ...generalHeaders, ...headers });
  const { promise: sent, resolve, reject } = Promise.withResolvers<void>();
  response.sendFile(path, { cacheControl: false, dotfiles: 'allow' }, (error?: Error) =>
    error ? reject(error) : resolve(),
  );
  try {
    await sent;
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    // Once it is under way, a connection that breaks is the client's.
    if (response.headersSent) return;
    for (const name of Object.keys(headers ?? {})) response.removeHeader(name);
    if (status === 404) throw new Problem('link-expired');
    if (status === 412) throw new Problem('precondition-failed');
    if (status === 416) throw new Problem('range-not-satisfiable');
    throw error;
  }
}

/** Begins an answer that goes on as a stream of events; a request for the head alone gets that. */
export function sendStream(
  request: Request,
  response: Response,
  { status, headers }: { status: number; headers?: Readonly<Record<string, string>> },
  begin: (stream: EventStream) => void,
): void {
  const exchange = exchangeOf(response);
  exchange.goesOn = true;
  exchange.stopwatch.wait();
  response.writeHead(status, {
    'Content-Type': 'text/event-stream',
    // nginx and its kin would hold events back until they have many.
    'X-Accel-Buffering': 'no',
    ...generalHeaders,
    ...headers,
  });
  if (request.method === 'HEAD') response.end();
  else begin(createEventStream(response));
}

export function sendProblem(request: Request, response: Response, problem: Problem): void {
  const { traceId } = exchangeOf(response).trace;
  const { status } = problems[problem.problem];
  const body = problemBody(problem, request.path, traceId);
  send(response, { status, body, headers: problem.headers }, 'application/problem+json');
}
