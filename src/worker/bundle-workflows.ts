import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.ts';
import { forwardTemporalLogs } from '../telemetry/temporal-logs.ts';

/** What the bundler has to say goes to `logger`, its page of statistics as information; only warnings where there is none. */
export function bundleWorkflows(
  failureConverterPath: string | undefined,
  logger?: Logger,
): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    logger: logger ? forwardTemporalLogs(logger) : new DefaultLogger('WARN'),
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    ...(failureConverterPath && { failureConverterPath }),
  });
}
