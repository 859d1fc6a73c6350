import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import easypost from '@easypost/api';
import { easyPostFailure, type EasyPostReply } from './easypost-failures.ts';

/** The package's types describe a CommonJS module; in the ES module that we get, the class itself is the default export. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types are wrong about it
export const EasyPostClient = easypost as unknown as typeof easypost.default;

/** EasyPost's own client. */
export type EasyPost = InstanceType<typeof EasyPostClient>;

/** How long one call may take in all; it has to stay below the activity's `startToCloseTimeout` (law 4). */
const defaultTimeoutMs = 8_000;

export interface EasyPostConfig {
  /** `EZTK…` or `EZAK…`. */
  readonly apiKey: string;
  /** Another address than EasyPost's own, such as the sandbox's: `http://127.0.0.1:4020/v2`. */
  readonly apiBase?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Makes one call and turns what goes wrong into a `Failure`. */
export type CallEasyPost = <T>(request: (client: EasyPost) => Promise<T>) => Promise<T>;

/**
 * A way to call EasyPost through its own client, which by itself keeps no connection alive, heeds no time-out and drops
 * the headers of an error.
 */
export function connectEasyPost({
  apiKey,
  apiBase,
  timeoutMs = defaultTimeoutMs,
}: EasyPostConfig): CallEasyPost {
  const replies = new AsyncLocalStorage<EasyPostReply>();
  const agent = agentFor(apiBase);
  const client = new EasyPostClient(apiKey, {
    ...(apiBase !== undefined && { baseUrl: apiBase.replace(/\/*$/, '/') }),
    requestMiddleware: (request: SuperagentRequest) => request.agent(agent).timeout({ deadline: timeoutMs }),
  });
  client.addResponseHook(({ httpStatus, headers }) => {
    const reply = replies.getStore();
    if (reply) Object.assign(reply, { status: httpStatus, retryAfter: headers['retry-after'] });
  });
  return async (request) => {
    const reply: EasyPostReply = {};
    try {
      return await replies.run(reply, () => request(client));
    } catch (error) {
      throw easyPostFailure(error, reply);
    }
  };
}

/** The little of superagent's request that we set. */
interface SuperagentRequest {
  agent(agent: HttpAgent): this;
  timeout(options: { deadline: number }): this;
}

function agentFor(apiBase: string | undefined): HttpAgent {
  return apiBase?.startsWith('http:')
    ? new HttpAgent({ keepAlive: true })
    : new HttpsAgent({ keepAlive: true });
}
