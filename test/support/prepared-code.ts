const folder = process.env['WORKFLOW_BUNDLES'];

/** Where `npm test` has bundled the workflows, for a worker's environment; without it each worker bundles for itself. */
export const preparedCode: Readonly<Record<string, string>> = folder ? { WORKFLOW_BUNDLES: folder } : {};
