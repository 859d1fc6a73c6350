import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './errors.ts';

const pollMs = 50;

/** Polls until the probe answers true; a probe that throws has answered false. Throws when the time is up. */
export async function waitFor(what: string, probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let reason = '';
  while (Date.now() < deadline) {
    try {
      if (await probe()) return;
      reason = '';
    } catch (error) {
      reason = ` (${messageOf(error)})`;
    }
    await sleep(pollMs);
  }
  throw new Error(`${what} within ${timeoutMs / 1000} s${reason}`);
}

/** Whether a GET on the address answers with a 2xx within a second. */
export async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.body?.cancel();
  return response.ok;
}
