const dayMs = 24 * 60 * 60 * 1_000;

/** The day in UTC, as YYYY-MM-DD, so many days before a moment. */
export function utcDay(now: Date, daysBefore = 0): string {
  return new Date(now.getTime() - daysBefore * dayMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** How many days there are from one day to another, both included. */
export function daysFrom(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs + 1;
}
