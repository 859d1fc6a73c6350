import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** However the bench ends. */
const untilOrphaned = 'const parent = process.ppid; while (process.ppid === parent);';

/**
 * Processes that use a processor each for nothing, and leave it to all others as the worker for heavy jobs does: what is slower
 * beside them is slower because of the machine. Gives how to end them.
 */
export function startBusyLoops(count: number): () => Promise<void> {
  const loops = Array.from({ length: count }, () => {
    const loop = spawn(process.execPath, ['-e', untilOrphaned], { detached: true, stdio: 'ignore' });
    const { pid } = loop;
    if (pid === undefined) throw new Error('a busy loop did not start');
    setPriority(pid, constants.priority.PRIORITY_LOW);
    // As src/worker/give-way.ts does; a kernel that does not share by session has no such file.
    try {
      writeFileSync(`/proc/${pid}/autogroup`, String(constants.priority.PRIORITY_LOW));
    } catch {}
    return loop;
  });
  return async () => {
    const ended = loops.map((loop) => once(loop, 'exit'));
    for (const loop of loops) loop.kill('SIGKILL');
    await Promise.all(ended);
  };
}
