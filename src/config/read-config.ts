import { loadConfig, type Config } from './config.ts';
import { ConfigError } from './env.ts';

/** This process's configuration. With one it cannot start with, it says why, for a person, and ends with 1. */
export function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
