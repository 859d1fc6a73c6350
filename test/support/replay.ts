import type { HistoryAndWorkflowId } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { bundleWorkflows } from '../../src/worker/bundle-workflows.ts';

/** Runs histories against today's workflow code; gives what does not replay, in words. */
export async function replay(histories: Iterable<HistoryAndWorkflowId>): Promise<string[]> {
  const dataConverter = createDataConverter();
  const workflowBundle = await bundleWorkflows(dataConverter.failureConverterPath);
  const problems: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle, dataConverter },
    histories,
  )) {
    if (error) problems.push(`${workflowId}: ${error.message}`);
  }
  return problems;
}
