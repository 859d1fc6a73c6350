import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** An answer, and how long it took from the first byte sent to the last one received. */
export interface Reply<Body = unknown> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
  readonly durationMs: number;
}

export interface Call {
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Buffer;
}

/** A client that keeps its connections, as a storefront's does, and never repeats a call by itself. */
export interface HttpClient {
  call<Body>(method: string, path: string, call?: Call): Promise<Reply<Body>>;
  close(): void;
}

const answerTimeoutMs = 60_000;

/** `connections` is how many may be open at once; a call beyond them waits for its turn, which counts as its time. */
export function createHttpClient(baseUrl: string, connections = Infinity): HttpClient {
  // By name, a client would try IPv6 first, which is not what is measured.
  const base = new URL(baseUrl.replace('//localhost', '//127.0.0.1'));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    call<Body>(method: string, path: string, { headers = {}, json, raw }: Call = {}): Promise<Reply<Body>> {
      const content = json === undefined ? raw : JSON.stringify(json);
      const allHeaders: OutgoingHttpHeaders = {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(content === undefined ? {} : { 'content-length': Buffer.byteLength(content) }),
        ...headers,
      };
      const { promise, resolve, reject } = Promise.withResolvers<Reply<Body>>();
      const startedMs = performance.now();
      const sent = request(
        {
          agent,
          host: base.hostname,
          port: base.port,
          method,
          path,
          headers: allHeaders,
          timeout: answerTimeoutMs,
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const durationMs = performance.now() - startedMs;
            const body: Body = parse(Buffer.concat(chunks).toString(), answer.headers['content-type']);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, durationMs });
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered in time`)));
      sent.on('error', reject);
      sent.end(content);
      return promise;
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string, contentType = '') {
  return /[/+]json\b/.test(contentType) ? JSON.parse(text) : text;
}
