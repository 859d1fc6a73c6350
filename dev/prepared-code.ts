import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from './supervisor/errors.ts';
import { progress, type Say } from './supervisor/progress.ts';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/order-saga');

/**
 * What has processes start quickly: where the bundled workflows are, and Node's compiled code. Made now, if it is not there;
 * what the environment says itself stays as it is.
 */
export async function prepareCode(env: NodeJS.ProcessEnv, say: Say): Promise<NodeJS.ProcessEnv> {
  const bundles = env['WORKFLOW_BUNDLES'] || join(cache, 'workflows');
  const compiled = { NODE_COMPILE_CACHE: env['NODE_COMPILE_CACHE'] || join(cache, 'compiled') };
  if (env['WORKFLOW_BUNDLES']) return compiled;
  try {
    await progress(say, 'bundling the workflows', () =>
      promisify(execFile)(process.execPath, [join(root, 'src/worker/build-bundle.ts'), bundles], {
        cwd: root,
        env: { ...process.env, ...compiled },
      }),
    );
    return { ...compiled, WORKFLOW_BUNDLES: bundles };
  } catch (error) {
    // A folder that cannot be written, say: each worker then bundles for itself.
    say(`the workflows could not be bundled beforehand: ${messageOf(error)}`);
    return compiled;
  }
}
