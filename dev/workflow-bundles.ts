import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from './supervisor/errors.ts';
import { progress, type Say } from './supervisor/progress.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'node_modules/.cache/order-saga/workflows');

/** What tells workers where bundled workflows are, where the environment does not say so itself; bundled now, if they are not. */
export async function workflowBundles(env: NodeJS.ProcessEnv, say: Say): Promise<NodeJS.ProcessEnv> {
  if (env['WORKFLOW_BUNDLES']) return {};
  try {
    await progress(say, 'bundling the workflows', () =>
      promisify(execFile)(process.execPath, [join(root, 'src/worker/build-bundle.ts'), folder], {
        cwd: root,
      }),
    );
    return { WORKFLOW_BUNDLES: folder };
  } catch (error) {
    // A folder that cannot be written, say: each worker then bundles for itself.
    say(`the workflows could not be bundled beforehand: ${messageOf(error)}`);
    return {};
  }
}
