import { Failure } from '../domain/failures.ts';
import type { Methods, Question, Reply } from './messages.ts';

/** Makes this process a helper that answers for these methods, until nobody is there any more who could ask. */
export function serve(methods: Methods): void {
  // Whoever asks says when it is over; a terminal's Ctrl-C goes to every process of its group.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (question: Question) => void answer(methods, question));
  reply({ ready: true });
}

async function answer(methods: Methods, { method, input }: Question): Promise<void> {
  try {
    const asked = methods[method];
    if (asked === undefined) throw new Error(`a helper without a method ${method}`);
    // The types of questions are held by whoever asks (helpers.ts).
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    reply({ output: await asked(input as never) });
  } catch (error) {
    reply({ failure: toPlain(error) });
  }
}

function toPlain(error: unknown): Extract<Reply, { failure: unknown }>['failure'] {
  if (error instanceof Failure) return { type: error.type, message: error.message, facts: error.facts };
  return { type: null, message: error instanceof Error ? error.message : String(error), facts: {} };
}

function reply(message: Reply): void {
  process.send?.(message);
}
