import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A webhook as it came over the wire. */
export interface Delivered {
  readonly body: Buffer;
  readonly headers: IncomingHttpHeaders;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly deliveries: readonly Delivered[];
  close(): Promise<void>;
}

/** Takes every webhook and keeps it. */
export async function startWebhookReceiver(path: string): Promise<WebhookReceiver> {
  const deliveries: Delivered[] = [];
  const take: RequestListener = async (request, response) => {
    deliveries.push({ body: await buffer(request), headers: request.headers });
    response.writeHead(200).end();
  };
  const server = createServer(take);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    deliveries,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
