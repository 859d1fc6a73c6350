import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** An endpoint that keeps what it is sent and answers with the status it is told to. */
export interface WebhookReceiver {
  url: string;
  received: Received[];
  /** The types of the events in the order of their arrival. */
  types(): string[];
  answerWith(status: number): void;
  close(): Promise<void>;
}

export async function startWebhookReceiver(path: string): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() });
    response.writeHead(status).end();
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    received,
    types: () => received.map(({ body }) => typeOf(body)),
    answerWith: (next) => {
      status = next;
    },
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** Stripe names an event's type, EasyPost its description. */
function typeOf(body: string): string {
  const event: { type?: string; description?: string } = JSON.parse(body);
  return event.type ?? event.description ?? '';
}
