import { createServer, connect, type Socket } from 'node:net';

/** A way to a server that a test can take away and give back. */
export interface Link {
  readonly address: string;
  /** How often somebody has tried to connect. */
  readonly attempts: () => number;
  /** `refuse` ends every connection at once; `hang` takes what comes and answers nothing. */
  cut(how: 'refuse' | 'hang'): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to `target` (`host:port`) on a port of its own. */
export async function openLink(target: string): Promise<Link> {
  const [host = '', port = ''] = target.split(':');
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'refuse' | 'hang' = 'open';
  let attempts = 0;

  const server = createServer((near) => {
    attempts += 1;
    if (state === 'refuse') {
      near.destroy();
      return;
    }
    const far = connect(Number(port), host);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (data) => state === 'open' && far.write(data));
    far.on('data', (data) => state === 'open' && near.write(data));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');

  const endAll = () => {
    for (const [near] of pairs) near.destroy();
  };
  return {
    address: `127.0.0.1:${address.port}`,
    attempts: () => attempts,
    cut(how) {
      state = how;
      if (how === 'refuse') endAll();
    },
    mend() {
      state = 'open';
      // What was swallowed meanwhile makes these of no use.
      endAll();
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
