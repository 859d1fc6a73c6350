/**
 * Has the SDK download the official Temporal CLI into a directory, by starting its server once. A process of its own,
 * because a download that hangs can only be ended with its process.
 */
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir] = process.argv.slice(2);
if (downloadDir === undefined) throw new Error('usage: download-cli.ts <directory>');
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: 'cached-download', downloadDir } },
});
await environment.teardown();
