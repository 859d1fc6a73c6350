import { createServer, type RequestListener } from 'node:http';

/** A listening HTTP server. */
export interface Listening {
  url: string;
  port: number;
  /** Stops accepting, lets calls under way finish for a moment, then breaks what is left. */
  close(): Promise<void>;
}

const graceMs = 1_000;

/** Starts to listen; port 0 takes a free one. Rejects when the port is taken. */
export async function listen(app: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 60_000 }, app);
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, host, listening.resolve);
  await listening.promise;
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed.promise;
      clearTimeout(timer);
    },
  };
}
