import type { Entry } from './director.ts';

/** The activities of a recording by the order in which they were first tried, mails by their kind. */
export function attemptsOf(recording: readonly Entry[]): string[] {
  return [...new Set(recording.filter(({ kind }) => kind === 'attempt').map(({ label }) => label))];
}

/** The providers' calls that an activity made, in their order. */
export function callsOf(recording: readonly Entry[], activity: string): string[] {
  const own = recording.filter((entry) => entry.kind === 'call' && entry.activity === activity);
  return [...new Set(own.map(({ label }) => label))];
}
