import type { JobHandler } from '../../src/activities/jobs/job-handler.ts';
import type { Labelled } from './types.ts';

/** A handler that does what a test has said for the label of its job; otherwise it does this, or nothing. */
export function scripted(otherwise: JobHandler<Labelled> = async () => ({})) {
  const scripts = new Map<string, JobHandler<Labelled>>();
  const handle: JobHandler<Labelled> = async (run, ctx) =>
    (scripts.get(run.input.label ?? '') ?? otherwise)(run, ctx);
  return { scripts, handle };
}
