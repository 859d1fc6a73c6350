import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { z } from 'zod';
import { scopesFor } from '../access/access.ts';
import type { Endpoint, ResponseSpec } from '../endpoint.ts';
import { problems, problemType, type ProblemName } from '../problems/errors.ts';
import { maxIdempotencyKeyCharacters } from '../limits.ts';
import { problemBody } from '../problems/problem-body.ts';
import { Problem } from '../problems/errors.ts';
import { problem } from '../schemas/problem.ts';
import type { UploadSpec } from '../upload/upload-spec.ts';
import { exampleOrderId } from './examples.ts';
import { webhookOperations } from './webhook-operations.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const description = `Takes a shop's orders and brings each to exactly one end.

Money is an integer in the currency's smallest unit, times are RFC 3339 in UTC, ids are UUIDv7. A request body is strict: a
member that is not known is an error. Every answer that is no success is a problem (RFC 9457); one of them names all that
is wrong with the input.

Bodies are \`application/json\` in UTF-8, not compressed, up to 256 KiB (webhooks of providers 1 MiB), nested up to 32 levels; where a
file is taken, \`multipart/form-data\`.
Text holds neither NUL nor half a surrogate pair. What a path names by something that cannot be an id is not found (404). A
product is added and an order placed once an \`Idempotency-Key\`. \`traceparent\` (W3C) is carried on.

A request carries an API key, \`Authorization: Bearer osk_…\`, but to routes that name no scope. Each key has a limit of
requests a second (\`RateLimit-Policy\`, \`RateLimit\`); beyond it is 429 with \`Retry-After\`. What comes without a key in use
counts against its address.

Any request can also meet \`/problems/not-found\` (404), \`/problems/method-not-allowed\` (405, with \`Allow\`),
\`/problems/request-timeout\` (408) and \`/problems/headers-too-large\` (431, beyond 16 KiB).`;

/** The OpenAPI document of the endpoints, made from the schemas by which they validate. */
export function createOpenApi(endpoints: readonly Endpoint[], version: string): OpenApiDocument {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'order-saga', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: { ...webhookOperations },
    components: { schemas: streamedEvents(endpoints), securitySchemes: { [keyScheme]: apiKeyScheme } },
  });
}

/** What the data of streamed events holds; no schema of their media type can say it, so the descriptions name these. */
function streamedEvents(endpoints: readonly Endpoint[]): Record<string, z.ZodType> {
  const specs = endpoints.flatMap(({ responses }) => Object.values(responses));
  const schemas = specs.flatMap(({ events }) => events ?? []);
  return Object.fromEntries(schemas.map((schema) => [schema.meta()?.id ?? '', schema]));
}

const keyScheme = 'apiKey';
const apiKeyScheme = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'osk_…',
  description: `An API key, made with \`npm run keys\`. Each operation names the scope that the key needs; where it
names two, one of them will do: whoever may change schedules, types of jobs or webhooks (\`ops\`) may also read how they stand. While there is no key
at all, a service on a loopback address outside production takes every request.`,
} as const;

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { operationId, tag, summary, description: about, params, query } = endpoint;
  const header = headersOf(endpoint);
  const body = requestBodyOf(endpoint);
  return {
    operationId,
    tags: [tag],
    summary,
    ...(about && { description: about }),
    security: scopesFor(endpoint.access).map((scope) => ({ [keyScheme]: [scope] })),
    requestParams: { ...(params && { path: params }), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: body }),
    responses: { ...responsesOf(endpoint), ...problemsOf(endpoint) },
  };
}

/** The headers that an operation takes, beside what any request may carry. */
function headersOf({ rawBody, repeatable, tagged, guarded, headers }: Endpoint): z.ZodObject | undefined {
  const parts = [
    rawBody?.headers,
    repeatable ? idempotencyHeader : undefined,
    tagged ? ifNoneMatchHeader : undefined,
    guarded ? ifMatchHeader : undefined,
    headers,
  ];
  const shapes = parts.flatMap((part) => (part ? [part.shape] : []));
  return shapes.length === 0 ? undefined : z.object(Object.assign({}, ...shapes));
}

const exampleTag = '"n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"';

const ifMatchHeader = z.object({
  'If-Match': z.string().optional().meta({
    description:
      'The `ETag` of what this is about, as it was read: if it has changed since, nothing is done.',
    example: exampleTag,
  }),
});

const ifNoneMatchHeader = z.object({
  'If-None-Match': z.string().optional().meta({
    description: 'The `ETag` of what the client has: 304 if it is still that.',
    example: exampleTag,
  }),
});

const etagHeader = z.object({ ETag: z.string().meta({ description: 'Strong.', example: exampleTag }) });

const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(maxIdempotencyKeyCharacters + 2)
    .optional()
    .meta({
      description:
        'Makes the request safe to repeat: the same key and body give the stored answer again, for 24 hours at least. Visible ASCII, quoted or bare.',
      example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
    }),
});

function requestBodyOf({ body, bodyExample, bodyOptional, rawBody, upload }: Endpoint) {
  if (rawBody) {
    const content = { 'application/json': { schema: z.looseObject({ id: z.string() }) } };
    return { required: true, description: rawBody.description, content };
  }
  if (!body) return undefined;
  const json = { 'application/json': { schema: body, example: bodyExample } };
  const form = upload && { 'multipart/form-data': { schema: formOf(body, upload) } };
  return { required: !bodyOptional, content: { ...(!upload?.only && json), ...form } };
}

/** The fields that the body describes, and the file. */
function formOf(body: z.ZodType, { part, required, description: about }: UploadSpec): z.ZodObject {
  if (!(body instanceof z.ZodObject)) throw new Error('the fields beside a file are those of an object');
  const file = z.string().meta({ description: about, contentMediaType: 'application/octet-stream' });
  const { [part]: _, ...fields } = body.shape;
  return z.strictObject({ ...fields, [part]: required ? file : file.optional() });
}

function responsesOf({ responses, tagged }: Endpoint): ZodOpenApiResponsesObject {
  const own = Object.entries(responses).map(([status, spec]) => {
    const headers = tagged && status === '200' ? etagHeader.extend(spec.headers?.shape ?? {}) : spec.headers;
    return [
      status,
      {
        description: spec.description,
        ...(headers && { headers }),
        ...(!spec.empty && { content: contentOf(spec) }),
      },
    ] as const;
  });
  const notModified = { description: 'The client has it already.', headers: etagHeader };
  return { ...Object.fromEntries(own), ...(tagged && { 304: notModified }) };
}

function contentOf({ body, mediaType, events, example }: ResponseSpec) {
  const type = events ? 'text/event-stream' : (mediaType ?? 'application/json');
  return { [type]: { schema: body ?? z.string(), ...(example ? { example } : {}) } };
}

/** Every problem that the endpoint can answer with, by status. */
export function problemsOf(endpoint: Endpoint): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(problemNamesOf(endpoint), (name) => problems[name].status);
  const responses = [...byStatus].map(([status, names]): [string, ZodOpenApiResponseObject] => [
    `${status}`,
    {
      description: names.map((name) => `\`${problemType(name)}\`: ${problems[name].meaning}`).join('\n\n'),
      ...(names.some(tellsWhenToRetry) && { headers: retryHeaders }),
      content: {
        'application/problem+json': { schema: problem, examples: examplesOf(names, endpoint.path) },
      },
    },
  ]);
  return Object.fromEntries(responses);
}

/** The endpoint's own, and those that its parts bring with them. */
export function problemNamesOf(endpoint: Endpoint): ProblemName[] {
  const {
    problems: own,
    access,
    body,
    rawBody,
    upload,
    query,
    repeatable,
    guarded,
    sheds,
    withoutDatabase,
  } = endpoint;
  const names = new Set<ProblemName>([...own, 'malformed-request', 'internal-error']);
  if (access !== 'unmetered') names.add('rate-limited');
  if (scopesFor(access).length > 0) names.add('unauthenticated').add('scope-missing');
  if (body) names.add('unsupported-media-type').add('invalid-input');
  if (body && !upload?.only) names.add('malformed-json');
  if (upload) names.add('malformed-multipart').add('not-an-image').add('files-unavailable');
  if (rawBody) names.add('unsupported-media-type');
  if (body ?? rawBody) names.add('payload-too-large');
  if (query) names.add('invalid-input');
  if (repeatable)
    names.add('malformed-idempotency-key').add('request-in-flight').add('idempotency-key-reused');
  if (guarded) names.add('malformed-precondition').add('precondition-failed');
  if (sheds) names.add('overloaded');
  if (!withoutDatabase) names.add('database-unavailable');
  return [...names].toSorted();
}

const retryHeaders = z.object({
  'Retry-After': z.string().optional().meta({ description: 'In seconds.', example: '2' }),
});

function tellsWhenToRetry(name: ProblemName): boolean {
  return problems[name].retryable && name !== 'internal-error';
}

function examplesOf(names: readonly ProblemName[], path: string) {
  const instance = path.replace('{id}', exampleOrderId);
  const entries = names.map((name): [string, { value: unknown }] => {
    const errors =
      name === 'invalid-input'
        ? [{ pointer: '#/items/0/quantity', detail: 'must be at least 1' }]
        : undefined;
    const example = new Problem(name, undefined, errors && { errors });
    return [name, { value: problemBody(example, instance, '4bf92f3577b34da6a3ce929d0e0e4736') }];
  });
  return Object.fromEntries(entries);
}
