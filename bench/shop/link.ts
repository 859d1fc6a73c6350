import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** The service's way to a server, which can be disturbed. */
export interface Link {
  /** `host:port`, in place of the server's own. */
  readonly address: string;
  /** Ends every connection with a reset. Gives how many there were; new ones are let through. */
  reset(): number;
  /** Nothing arrives any more, either way, and nobody is told; who connects gets no answer. */
  silence(): void;
  /** What was held back arrives, as the network would send it again, and everything flows. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a way to a server (`host:port`) on a port of its own. */
export async function openLink(target: string): Promise<Link> {
  const [host = '', port = ''] = target.split(':');
  const pairs = new Set<Pair>();
  let silent = false;

  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host, port: Number(port), noDelay: true });
    const pair: Pair = [near, far];
    pairs.add(pair);
    near.once('close', () => pairs.delete(pair));
    forward(near, far);
    forward(far, near);
    if (silent) pause(pair);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  function forward(from: Socket, to: Socket): void {
    from.on('data', (data) => {
      if (!to.write(data)) from.pause();
    });
    to.on('drain', () => {
      if (!silent) from.resume();
    });
    from.on('error', () => undefined).on('close', () => to.destroySoon());
  }

  return {
    address: `127.0.0.1:${portOf(server.address())}`,
    reset() {
      const broken = [...pairs];
      for (const pair of broken) for (const socket of pair) socket.resetAndDestroy();
      return broken.length;
    },
    silence() {
      silent = true;
      for (const pair of pairs) pause(pair);
    },
    mend() {
      silent = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The client's side and the server's side of a connection. */
type Pair = readonly [near: Socket, far: Socket];

function pause(pair: Pair): void {
  for (const socket of pair) socket.pause();
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the link has no port');
  return address.port;
}
