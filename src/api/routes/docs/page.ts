import { endpoint } from '../../endpoint.ts';

/** Everything that the page needs comes from here: it works without the internet, and tells nobody who reads it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>order-saga: API reference</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="reference"></div>
    <noscript>This page needs JavaScript; <a href="openapi.json">the document itself</a> does not.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

export const docs = endpoint({
  method: 'get',
  path: '/docs',
  operationId: 'getReference',
  tag: 'Operations',
  access: 'open',
  summary: 'This document as a page, to read and to try',
  withoutDatabase: true,
  tagged: true,
  responses: { 200: { description: 'The page.', mediaType: 'text/html' } },
  problems: [],
  async handle() {
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy,
      'Cache-Control': 'no-cache',
    };
    return { status: 200, body: page, headers };
  },
});
