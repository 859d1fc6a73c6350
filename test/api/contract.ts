import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import type { AnySchema, ValidateFunction } from 'ajv';
import { endpoints } from '../../src/api/endpoints.ts';
import { createOpenApi } from '../../src/api/document/openapi.ts';

/** An answer of the API as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

export const document = structuredClone(createOpenApi(endpoints, 'test'));

// Formats by their standard; `strict` finds keywords that no validator would know.
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
ajv.addVocabulary(['components', 'example', 'externalDocs', 'discriminator', 'xml']);
ajv.addSchema({ $id: 'api', components: document.components });

const validators = new Map<string, ValidateFunction>();

/** Why an answer is not one that the document promises for this operation; null when it is. */
export function whyNotDocumented(method: string, path: string, answer: WireAnswer): string | null {
  const operation = operationAt(method, path);
  if (!operation) return validate('#/components/schemas/Problem', answer);
  const response = operation.responses?.[String(answer.status)];
  if (!response) return `${operation.operationId} documents no ${answer.status}`;
  if (!response.content) return answer.body === '' ? null : `${operation.operationId} documents no body`;
  const content = response.content[answer.mediaType] ?? response.content['*/*'];
  if (!content) return `${operation.operationId} documents no ${answer.mediaType} for ${answer.status}`;
  return validate(content.schema, answer);
}

/** Whether something is as a schema of the document says. */
export function isDocumentedAs(schema: string, body: unknown): boolean {
  return validatorOf({ $ref: `#/components/schemas/${schema}` })(body);
}

interface Operation {
  readonly operationId?: string;
  readonly responses?: Record<string, { content?: Record<string, { schema: object }> }>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The documented operation that a concrete path belongs to. */
export function operationAt(method: string, path: string): Operation | undefined {
  const [pathname = ''] = path.split('?');
  const template = Object.keys(document.paths ?? {}).find((known) =>
    new RegExp(`^${known.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  const name = methods.find((one) => one === method.toLowerCase());
  return template === undefined || name === undefined ? undefined : document.paths?.[template]?.[name];
}

/** Why a webhook's body is not one that the document promises for its type; null when it is. */
export function whyNotDocumentedWebhook(body: { readonly type: string }): string | null {
  const operation = document.webhooks?.[body.type]?.post;
  const content =
    operation?.requestBody && 'content' in operation.requestBody && operation.requestBody.content;
  const json = content ? content['application/json'] : undefined;
  const schema = json && 'schema' in json ? json.schema : undefined;
  if (typeof schema !== 'object') return `the document knows no webhook ${body.type}`;
  return validate(schema, { status: 0, mediaType: 'application/json', body });
}

function validate(schema: object | string, { body }: WireAnswer): string | null {
  const validator = validatorOf(typeof schema === 'string' ? { $ref: schema } : schema);
  return validator(body) ? null : ajv.errorsText(validator.errors);
}

function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
  const known = validators.get(text);
  if (known) return known;
  const absolute: AnySchema = JSON.parse(text);
  const made = ajv.compile(absolute);
  validators.set(text, made);
  return made;
}
