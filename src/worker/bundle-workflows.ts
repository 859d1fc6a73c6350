import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.ts';
import { forwardTemporalLogs } from '../telemetry/temporal-logs.ts';

/** What the bundler has to say goes to `logger`, where there is one: a page of statistics, as information. */
export function bundleWorkflows(
  failureConverterPath: string | undefined,
  logger?: Logger,
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    ...(logger && { logger: forwardTemporalLogs(logger) }),
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    ...(failureConverterPath && { failureConverterPath }),
  });
}
