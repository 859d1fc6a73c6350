import { z } from 'zod';

const shownLevels = new Set(['warn', 'error', 'fatal']);
const shownIds = ['orderId', 'workflowId', 'jobId'] as const;
const maxLength = 400;

const logLine = z.looseObject({
  level: z.string(),
  msg: z.string().optional(),
  err: z.looseObject({ message: z.string().optional() }).optional(),
});

/** What a terminal shows of a JSON log line: warnings and errors, in one line; undefined for the rest. */
export function warningIn(line: string): string | undefined {
  const entry = parse(line);
  // What is no log line is Node's own last words.
  if (entry === undefined) return line.trim() === '' ? undefined : line.slice(0, maxLength);
  if (!shownLevels.has(entry.level)) return undefined;
  const ids = shownIds.flatMap((name) => (typeof entry[name] === 'string' ? [`${name}=${entry[name]}`] : []));
  const cause = entry.err?.message === undefined ? [] : [`(${entry.err.message})`];
  return [entry.level.toUpperCase(), entry.msg ?? '', ...cause, ...ids].join(' ').slice(0, maxLength);
}

function parse(line: string): z.infer<typeof logLine> | undefined {
  try {
    return logLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
