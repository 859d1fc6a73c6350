import { quantile } from '../shop/figures.ts';
import { createHttpClient } from '../shop/http-client.ts';
import { register, type Registered } from './visitor.ts';

/** What so many clients saw, each of which registers one user after the other. */
export interface Seen {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** The addresses that were answered with 201. */
  readonly registered: readonly string[];
  readonly asked: number;
}

/** `count` registrations by so many clients. */
export async function measure(
  url: string,
  picture: Buffer,
  { clients, count }: { readonly clients: number; readonly count: number },
): Promise<Seen> {
  const http = createHttpClient(url, clients);
  const answers: Registered[] = [];
  let begun = 0;
  async function client(): Promise<void> {
    while (begun < count) {
      begun += 1;
      answers.push(await register(http, picture));
    }
  }
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - startedMs) / 1_000;
  http.close();
  const durations = answers.map(({ durationMs }) => durationMs);
  return {
    p50: quantile(durations, 0.5),
    p99: quantile(durations, 0.99),
    perSecond: count / seconds,
    registered: answers.filter(({ status }) => status === 201).map(({ email }) => email),
    asked: count,
  };
}
