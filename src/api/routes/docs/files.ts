import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lazily } from '../../../lazily.ts';
import { endpoint } from '../../endpoint.ts';

const { resolve } = createRequire(import.meta.url);

/** A file of the page, read when it is first asked for; nobody's secret, so caches may keep it and ask whether it is new. */
function fileOfPage(name: string, mediaType: string, operationId: string, read: () => string) {
  const text = lazily(read);
  return endpoint({
    method: 'get',
    path: `/docs/${name}`,
    operationId,
    tag: 'Operations',
    access: 'open',
    summary: 'A file of the page of this document',
    withoutDatabase: true,
    tagged: true,
    responses: { 200: { description: 'The file.', mediaType } },
    problems: [],
    async handle() {
      const headers = { 'Content-Type': `${mediaType}; charset=utf-8`, 'Cache-Control': 'no-cache' };
      return { status: 200, body: text.get(), headers };
    },
  });
}

function readPackaged(name: string): () => string {
  return () => readFileSync(resolve(`swagger-ui-dist/${name}`), 'utf8');
}

const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

export const docsStyle = fileOfPage(
  'swagger-ui.css',
  'text/css',
  'getReferenceStyle',
  readPackaged('swagger-ui.css'),
);
export const docsBundle = fileOfPage(
  'swagger-ui-bundle.js',
  'text/javascript',
  'getReferenceBundle',
  readPackaged('swagger-ui-bundle.js'),
);
export const docsStart = fileOfPage('start.js', 'text/javascript', 'getReferenceStart', () => start);
