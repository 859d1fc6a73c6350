import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Failure } from '../domain/failures.ts';
import type { Question, Reply } from './messages.ts';

/** How much of what a helper says on its standard error is kept, for when it dies. */
const keptWords = 2_000;

/**
 * V8 would let what is new grow to 48 MB before it cleans up, for work that keeps nothing, and takes 30 MB to compile WebAssembly
 * anew, for some fonts that are converted once.
 */
const frugalV8 = ['--max-semi-space-size=2', '--liftoff-only'];

/**
 * The C library gives memory back to the system from this many bytes on: left to itself it keeps ever larger pieces.
 */
export const frugalMalloc = { MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '131072' };

/** One helper process, which answers one question at a time. */
export interface Helper {
  /** Not from the moment on at which it was killed. */
  readonly alive: boolean;
  /** Resolves when it can be asked; throws when it is gone before. */
  readonly ready: Promise<void>;
  /** Throws what the helper's method threw, or an error when the process is gone. */
  ask(method: string, input: unknown): Promise<unknown>;
  /** Ends it, whatever it does; who waits for it to be ready or to answer is told so at once. */
  kill(): void;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/**
 * Starts a process that runs `module`, which calls `serve`. Its environment has nothing of ours, so that what a hostile file
 * might do to a decoder finds no secret there. It leaves the processor to all others that want it.
 */
export function startHelper(module: URL, maxHeapMb: number): Helper {
  const child = fork(fileURLToPath(module), {
    serialization: 'advanced',
    env: frugalMalloc,
    execArgv: [...frugalV8, `--max-old-space-size=${maxHeapMb}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.on('data', (text: Buffer) => {
    words = (words + text.toString()).slice(-keptWords);
  });
  giveWay(child);
  let alive = true;
  let onReply: ((reply: Reply) => void) | undefined;
  let onEnd: ((error: Error) => void) | undefined;

  function giveUp(why: string): void {
    alive = false;
    onEnd?.(new Error(`a helper process ended (${why})`, { cause: words }));
  }

  const ended = new Promise<void>((resolve) => {
    const end = (why: string) => {
      giveUp(why);
      resolve();
    };
    child.once('exit', (code, signal) => end(String(signal ?? code)));
    child.once('error', ({ message }) => end(message));
  });
  child.on('message', (reply: Reply) => onReply?.(reply));

  function next(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      onReply = resolve;
      onEnd = reject;
      if (!alive) reject(new Error('a helper process that has ended was asked'));
    });
  }

  const ready = next().then(() => undefined);

  return {
    get alive() {
      return alive;
    },
    ready,
    async ask(method, input) {
      const replied = next();
      const question: Question = { method, input };
      child.send(question, (error) => error && onEnd?.(error));
      return outputOf(await replied);
    },
    kill() {
      child.kill('SIGKILL');
      giveUp('SIGKILL');
    },
    ended,
  };
}

function outputOf(reply: Reply): unknown {
  if ('output' in reply) return reply.output;
  if ('ready' in reply) throw new Error('a helper process that says twice that it is ready');
  const { type, message, facts } = reply.failure;
  throw type === null ? new Error(message) : new Failure(type, message, { facts });
}

function giveWay({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or the system does not let us: it works all the same.
  }
}
