import { readConfig } from '../config/read-config.ts';
import { createContext } from '../context.ts';
import { runApi } from './run-api.ts';

await runApi(createContext(readConfig(), 'api'));
