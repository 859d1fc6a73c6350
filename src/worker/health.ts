import { createServer, type Server, type ServerResponse } from 'node:http';

/** What a worker shows of itself to whoever runs it. */
export interface Health {
  /** Where it listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves /livez, /readyz and /metrics, and nothing else. */
export async function serveHealth(options: {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Why the process is not ready, or null when it is. */
  readonly whyNotReady: () => Promise<string | null>;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}): Promise<Health> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', response, options).catch(() => send(response, 500, 'not to be had\n'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  return { port: portOf(server), close: () => close(server) };
}

async function answer(
  url: string,
  response: ServerResponse,
  { whyNotReady, metrics }: Parameters<typeof serveHealth>[0],
): Promise<void> {
  switch (url.split('?')[0]) {
    case '/livez':
      return send(response, 200, 'alive\n');
    case '/readyz': {
      const reason = await whyNotReady();
      return reason === null ? send(response, 200, 'ready\n') : send(response, 503, `not ready: ${reason}\n`);
    }
    case '/metrics':
      return send(response, 200, await metrics(), 'text/plain; version=0.0.4; charset=utf-8');
    default:
      return send(response, 404, 'there is /livez, /readyz and /metrics\n');
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}

async function close(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
