/** The smallest value that is at least as large as `share` (0 to 1) of them all; NaN where there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `n 200 · p50 3.1 ms · p95 7.0 ms · p99 9.2 ms · max 12.4 ms` */
export function spread(valuesMs: readonly number[]): string {
  if (valuesMs.length === 0) return 'none';
  const at = (share: number) => duration(quantile(valuesMs, share));
  return `n ${valuesMs.length} · p50 ${at(0.5)} · p95 ${at(0.95)} · p99 ${at(0.99)} · max ${at(1)}`;
}

/** `3.1 ms`, `450 ms`, `12.4 s` */
export function duration(ms: number): string {
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
