import type { WorkflowBundle } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { findBundle } from './workflow-bundles.ts';

/**
 * The workflows' bundle: that of the folder, if there is one and it has one of just these workflows, or one that is made now,
 * which takes seconds of the processor.
 */
export async function workflowBundle(
  folder: string | null,
  failureConverterPath: string | undefined,
  logger: Logger,
): Promise<WorkflowBundle> {
  if (folder !== null) {
    const found = await findBundle(folder, failureConverterPath);
    if (found) return found;
    logger.warn(
      { event: 'workflowBundleMissing', folder },
      'WORKFLOW_BUNDLES has no bundle of these workflows: they are bundled now; build-bundle.ts makes one',
    );
  }
  return bundleWorkflows(failureConverterPath, logger.child({}, { level: 'warn' }));
}
