import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Repeatable } from '../db/idempotency.ts';
import type { RouteAccess } from './access/access.ts';
import type { Caller } from './access/caller.ts';
import type { ApiContext } from './api-context.ts';
import type { InputError, ProblemName } from './problems/errors.ts';
import type { IfMatch } from './http/etag.ts';
import type { EventStream } from './live/event-stream.ts';
import type { UploadedFile, UploadSpec } from './upload/upload-spec.ts';
import type { Trace } from './http/trace.ts';

/** One answer of an endpoint that is no problem. */
export interface ResponseSpec {
  readonly description: string;
  /** Absent for a body that is not JSON; `mediaType` then says what it is. */
  readonly body?: z.ZodType;
  readonly mediaType?: string;
  /** For an answer that goes on: server-sent events, each with this as its data. */
  readonly events?: z.ZodType;
  /** For an answer that is a file of the machine. */
  readonly file?: true;
  /** For an answer without a body, such as 204. */
  readonly empty?: true;
  readonly headers?: z.ZodObject;
  readonly example?: unknown;
}

export type Responses = Readonly<Record<number, ResponseSpec>>;

type ContentOf<R extends ResponseSpec> = R['events'] extends z.ZodType
  ? { readonly stream: (stream: EventStream) => void }
  : R['empty'] extends true
    ? { readonly body?: undefined }
    : R['file'] extends true
      ? { readonly filePath: string }
      : { readonly body: R['body'] extends z.ZodType ? z.input<R['body']> : string | Uint8Array };

/** What a handler answers with: one of the endpoint's responses. */
export type Answer<R extends Responses> = {
  [S in keyof R & number]: {
    readonly status: S;
    readonly headers?: Readonly<Record<string, string>>;
    /** What nobody waits for: done once the answer is on its way. */
    readonly afterwards?: () => void;
  } & ContentOf<R[S]>;
}[keyof R & number];

/** An answer as it was kept under an idempotency key: one of the endpoint's own when it was given. */
export interface KeptAnswer extends AnyAnswer {
  readonly kept: true;
}

type Parsed<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

/** A request whose parts have been validated. */
export interface EndpointRequest<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** For an endpoint that takes an `upload`: its file, loose in the object store; null where there was none. */
  readonly file: UploadedFile | null;
  /** As it came; empty where there was none. */
  readonly rawBody: Buffer;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string | undefined;
  /** Given when the client has gone away; for whoever lets it wait. */
  readonly untilGone: () => AbortSignal;
  /** From here on the request only waits, which is no time in which it is served; gives how to end that. */
  readonly beginWait: () => () => void;
  readonly trace: Trace;
  readonly caller: Caller;
  /** For an endpoint that is `guarded`: what it asks of the thing as it is now, if anything. */
  readonly ifMatch: IfMatch | null;
  /** For an endpoint that is `repeatable`: the key it came with, if any. */
  readonly repeatable: Repeatable | null;
}

export interface EndpointSpec<
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
  R extends Responses,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in OpenAPI: `/orders/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly access: RouteAccess;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  /** What a path is answered with whose parameters cannot be any that exist. */
  readonly unknown?: ProblemName;
  readonly query?: Q;
  /** Headers that the handler reads by itself, for the document. */
  readonly headers?: z.ZodObject;
  readonly body?: B;
  readonly bodyExample?: unknown;
  /** No body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** Takes a body of any kind, unparsed, up to this size in bytes. */
  readonly rawBody?: {
    readonly maxBytes: number;
    readonly description: string;
    readonly headers: z.ZodObject;
  };
  /** Takes a file; `body` describes the fields beside it. */
  readonly upload?: UploadSpec;
  /** Takes an `Idempotency-Key`. */
  readonly repeatable?: boolean;
  /** A 200 carries a strong `ETag`, and is a 304 to whoever has it already. */
  readonly tagged?: boolean;
  /** Takes `If-Match`; its handler holds the request to it. */
  readonly guarded?: boolean;
  /** Makes work that may have to wait, and is refused while too much of it waits. */
  readonly sheds?: boolean;
  /** Pages of the Temporal Web UI may call it, from the origin that is configured. */
  readonly crossOrigin?: boolean;
  /** Works without Postgres. */
  readonly withoutDatabase?: boolean;
  readonly responses: R;
  /** Those of its own, beside what its parts bring with them. */
  readonly problems: readonly ProblemName[];
  /**
   * What is wrong beyond the schema, for a body that its schema has refused already; so that one answer names it all. The
   * path's parameters have been validated.
   */
  readonly furtherErrors?: (body: unknown, context: ApiContext, params: unknown) => Promise<InputError[]>;
  readonly handle: (
    request: EndpointRequest<Parsed<P>, Parsed<Q>, Parsed<B>>,
    context: ApiContext,
  ) => Promise<Answer<NoInfer<R>> | KeptAnswer>;
}

/** Any endpoint, its types forgotten: what is mounted and documented. */
export interface Endpoint extends Omit<
  EndpointSpec<z.ZodObject | undefined, z.ZodObject | undefined, z.ZodType | undefined, Responses>,
  'handle'
> {
  readonly handle: (
    request: EndpointRequest<unknown, unknown, unknown>,
    context: ApiContext,
  ) => Promise<AnyAnswer>;
}

export interface AnyAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly stream?: (stream: EventStream) => void;
  readonly filePath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterwards?: () => void;
}

/** One endpoint: the schemas that validate its requests and from which its document is made, and its handler. */
export function endpoint<
  const R extends Responses,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(spec: EndpointSpec<P, Q, B, R>): Endpoint {
  return {
    ...spec,
    handle: (request, context) =>
      // The parts have been validated by the endpoint's own schemas: what is known of them is forgotten only on the way.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      spec.handle(request as EndpointRequest<Parsed<P>, Parsed<Q>, Parsed<B>>, context),
  };
}
