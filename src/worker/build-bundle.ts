/**
 * `node src/worker/build-bundle.ts <folder>`: bundles the workflows into a folder, so that the workers that are told of it by
 * WORKFLOW_BUNDLES need not. Does nothing where the folder has them. With NODE_COMPILE_CACHE it leaves there what Node has compiled
 * of the worker's own code as well.
 */
import { failureConverterPaths } from '../temporal/data-converter.ts';
import { buildBundles } from './workflow-bundles.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node src/worker/build-bundle.ts <folder>');
  process.exit(2);
}
await Promise.all([
  import('./worker-process.ts'),
  import('../context.ts'),
  import('../activities/jobs/handlers.ts'),
]);
const made = await buildBundles(folder, failureConverterPaths);
console.log(made === 0 ? 'the workflows were bundled before' : `the workflows are bundled in ${folder}`);
