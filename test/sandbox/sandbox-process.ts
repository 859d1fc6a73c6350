import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A sandbox run as it ships: a process of its own. */
export interface SandboxProcess {
  /** What its first log line says. */
  ready: { url: string; port: number; apiUrl: string; smtpPort: number };
  /** Sends the signal and waits for the end; its exit code, or the signal that killed it. */
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | string | null>;
}

/** Starts `sandbox/<name>/main.ts` on free ports; rejects with what it wrote when it ends before it listens. */
export async function startSandboxProcess(
  name: string,
  env: Record<string, string>,
): Promise<SandboxProcess> {
  const ports = {
    STRIPE_SANDBOX_PORT: '0',
    EASYPOST_SANDBOX_PORT: '0',
    MAIL_SMTP_PORT: '0',
    MAIL_INBOX_PORT: '0',
  };
  const child = spawn(process.execPath, [`sandbox/${name}/main.ts`], {
    env: { ...process.env, ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.withResolvers<number | string | null>();
  child.once('exit', (code, signal) => ended.resolve(code ?? signal));
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ready = Promise.withResolvers<SandboxProcess['ready']>();
  createInterface(child.stdout).once('line', (line) => ready.resolve(JSON.parse(line)));
  void ended.promise.then((code) =>
    ready.reject(new Error(`${name} ended with ${String(code)}: ${complaint}`)),
  );
  return {
    ready: await ready.promise,
    stop(signal) {
      child.kill(signal);
      return ended.promise;
    },
  };
}
