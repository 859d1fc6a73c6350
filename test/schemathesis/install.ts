import { join } from 'node:path';
import { pythonProgram } from '../support/python-program.ts';

/** The program of the pinned Schemathesis. Needs Python 3.10 or newer. */
export async function installSchemathesis(env: NodeJS.ProcessEnv): Promise<string> {
  const program = await pythonProgram('schemathesis', join(import.meta.dirname, 'requirements.txt'), env);
  if (program === null) throw new Error('Schemathesis needs Python 3.10 or newer on the PATH');
  return program;
}
