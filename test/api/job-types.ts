import { z } from 'zod';
import type { JobType } from '../../src/activities/jobs/job-type.ts';
import { testType } from '../jobs/types.ts';

/** What the API of the tests takes jobs of; nobody does them there. */
export const echo = testType('echo');
export const oncePerKey = testType('once-per-key', { uniqueness: 'for_ever' });
export const inner = testType('inner', { offered: false });

export const testJobTypes: readonly JobType[] = [echo, oncePerKey, inner];

/** An input that the echo refuses. */
export const notForEcho = { label: 7, other: true } satisfies z.input<z.ZodUnknown>;
