/** What became of a webhook, for log and metrics. */
export function outcomeOf(first: boolean, orderId: string | null): 'taken' | 'repeated' | 'ignored' {
  if (!first) return 'repeated';
  return orderId === null ? 'ignored' : 'taken';
}
