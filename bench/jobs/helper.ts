import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process that works for the bench; it says once that it is ready, and ends when it is disconnected. */
export interface Helper {
  readonly pid: number;
  /** Tells it something; resolves when it has answered. */
  tell(message: object): Promise<void>;
  end(): Promise<void>;
}

/** `plan` is what it finds in its first argument, as JSON. Rejects where it ends before it is ready. */
export async function startHelper(file: string, plan: object): Promise<Helper> {
  const child = fork(file, [JSON.stringify(plan)]);
  const died = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${file} has ended with ${String(code)}`)),
  );
  const answer = () => Promise.race([once(child, 'message'), died]);
  await answer();
  died.catch(() => undefined); // At the end it is told to.
  return {
    pid: child.pid ?? 0,
    async tell(message) {
      const answered = answer();
      child.send(message);
      await answered;
    },
    async end() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
