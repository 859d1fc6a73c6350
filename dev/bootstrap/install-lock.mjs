import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets one process at a time install into a directory. The lock is a socket that the holder listens on, so that the system
 * frees it however the holder ends; who waits stays connected until then.
 */
export async function holdInstallLock(root, onWait) {
  const name = `order-saga-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  const path = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name);
  for (let waited = false; ; waited = true) {
    const release = await tryToHold(path);
    if (release !== undefined) return release;
    if (!waited) onWait();
    await untilFree(path);
  }
}

async function tryToHold(path) {
  const waiting = new Set();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => undefined);
  });
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return () => {
    server.close();
    for (const socket of waiting) socket.destroy();
  };
}

async function untilFree(path) {
  const socket = connect(path);
  socket.on('error', (error) => {
    // A socket in the file system outlives a holder that was killed.
    if (error.code === 'ECONNREFUSED' && !path.startsWith('\0')) rmSync(path, { force: true });
  });
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
}
