import { z } from 'zod';

/** From this one on, by rising severity. */
const counted = ['moderate', 'high', 'critical'] as const;

/** A package with a known hole: how bad, and which advisories. */
export type Hole = { name: string; severity: string; advisories: string[] };

export type Verdict =
  { kind: 'clean' } | { kind: 'holes'; holes: Hole[] } | { kind: 'not asked'; reason: string };

const reportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});
const errorSchema = z
  .object({ message: z.string() })
  .or(
    z
      .object({ error: z.object({ summary: z.string() }) })
      .transform(({ error }) => ({ message: error.summary })),
  );

/** What `npm audit --json` has written, weighed. Text that is no report counts as an audit that did not take place. */
export function verdictOf(output: string): Verdict {
  const written = parse(output);
  const report = reportSchema.safeParse(written);
  if (!report.success) {
    const { data } = errorSchema.safeParse(written);
    return { kind: 'not asked', reason: data?.message ?? 'npm audit gave no report' };
  }
  const holes = Object.entries(report.data.vulnerabilities)
    .filter(([, { severity }]) => counted.some((one) => one === severity))
    .map(([name, { severity, via }]) => ({
      name,
      severity,
      advisories: via.map((one) =>
        typeof one === 'string' ? `through ${one}` : `${one.title} (${one.url})`,
      ),
    }));
  return holes.length > 0 ? { kind: 'holes', holes } : { kind: 'clean' };
}

export function describeVerdict(verdict: Verdict): string {
  if (verdict.kind === 'clean') return 'no known holes in what the service depends on';
  if (verdict.kind === 'not asked')
    return `SKIPPED: nobody could be asked for known holes (${verdict.reason})`;
  return verdict.holes
    .map(({ name, severity, advisories }) => `${severity}: ${name}\n${indented(advisories)}`)
    .join('\n');
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
