import type { Ending } from './end-process.ts';

/** One process of the constellation: how it is started, when it is ready, how it ends. */
export type PartSpec = {
  name: string;
  /** Parts stop by stage, the highest first. */
  stage: number;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Whom it runs as, where that is not the supervisor's own user. */
  user?: { uid: number; gid: number };
  /** A directory that it finds open as its file descriptor 3. */
  inherit?: string;
  /** Clears the ground before each start. */
  prepare?: () => Promise<void>;
  ready: () => Promise<boolean>;
  readyTimeoutMs: number;
  ending: Ending;
  /** Turns a line of its log into what the terminal shows, or undefined for nothing. */
  surface?: (line: string) => string | undefined;
};
