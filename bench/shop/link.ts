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
  /**
   * Stops one connection dead, and resolves: the next one on which a client sends these texts, one after the other.
   * `before`: the last of them never arrives; `after`: the server has it, and its answer never arrives.
   */
  trap(texts: readonly string[], when: 'before' | 'after'): Promise<void>;
  close(): Promise<void>;
}

/** Opens a way to a server (`host:port`) on a port of its own. */
export async function openLink(target: string): Promise<Link> {
  const [host = '', port = ''] = target.split(':');
  const pairs = new Set<Pair>();
  /** These say nothing any more until they are closed. */
  const dead = new Set<Pair>();
  let silent = false;
  let trap: Trap | undefined;

  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host, port: Number(port), noDelay: true });
    const pair: Pair = [near, far];
    pairs.add(pair);
    near.once('close', () => {
      pairs.delete(pair);
      dead.delete(pair);
    });
    forward(near, far, (data) => letsAsk(pair, data));
    forward(far, near, () => letsAnswer(pair));
    if (silent) pause(pair);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  function letsAsk(pair: Pair, data: Buffer): boolean {
    if (dead.has(pair)) return false;
    if (!trap || trap.sprungBy) return true;
    const { texts, said } = trap;
    const next = said.get(pair) ?? 0;
    if (!data.includes(texts[next] ?? '')) return true;
    said.set(pair, next + 1);
    if (next + 1 < texts.length) return true;
    trap.sprungBy = pair;
    if (trap.when === 'after') return true;
    close(trap, pair);
    return false;
  }

  function letsAnswer(pair: Pair): boolean {
    if (trap?.sprungBy === pair) close(trap, pair);
    return !dead.has(pair);
  }

  function close({ resolve }: Trap, pair: Pair): void {
    dead.add(pair);
    trap = undefined;
    resolve();
  }

  function forward(from: Socket, to: Socket, lets: (data: Buffer) => boolean): void {
    from.on('data', (data: Buffer) => {
      if (lets(data) && !to.write(data)) from.pause();
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
    trap(texts, when) {
      return new Promise((resolve) => {
        trap = { texts, when, resolve, said: new Map(), sprungBy: null };
      });
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The client's side and the server's side of a connection. */
type Pair = readonly [near: Socket, far: Socket];

interface Trap {
  readonly texts: readonly string[];
  /** How many of the texts each connection has sent. */
  readonly said: Map<Pair, number>;
  readonly when: 'before' | 'after';
  readonly resolve: () => void;
  sprungBy: Pair | null;
}

function pause(pair: Pair): void {
  for (const socket of pair) socket.pause();
}

function portOf(address: ReturnType<ReturnType<typeof createServer>['address']>): number {
  if (address === null || typeof address === 'string') throw new Error('the link has no port');
  return address.port;
}
