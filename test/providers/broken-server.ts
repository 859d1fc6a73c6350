import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A server that answers nothing as it should. */
export interface BrokenServer {
  readonly url: string;
  /** How many requests have come in. */
  requests(): number;
  close(): Promise<void>;
}

export async function startBrokenServer(answer: RequestListener): Promise<BrokenServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a proxy says when nobody is behind it. */
export const badGateway: RequestListener = (_request, response) => {
  response.writeHead(502, { 'Content-Type': 'text/html', 'Retry-After': '4' }).end('<h1>Bad Gateway</h1>');
};

/** Begins an answer and never ends it, with a sign of life now and then. */
export const drip: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

export const breakOff: RequestListener = (request) => {
  request.socket.destroy();
};

export const nonsense: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"id":');
};
