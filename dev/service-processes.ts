import { portsFrom } from './choose-ports.ts';
import type { Ports } from './ports.ts';
import { apiSpec, workerSpec } from './service.ts';
import type { PartSpec } from './supervisor/part-spec.ts';

/** The service's own processes, and where each of them listens. */
export type ServiceProcesses = {
  specs: PartSpec[];
  apis: string[];
  metrics: string[];
  /** What they are, for people. */
  description: string;
};

const defaults = { apis: 1, workers: 2 };

/** As many APIs and workers as are asked for, each on a port of its own. */
export async function serviceProcesses(
  variables: NodeJS.ProcessEnv,
  ports: Ports,
  counts: { apis?: number; workers?: number },
): Promise<ServiceProcesses> {
  const { apis = defaults.apis, workers = defaults.workers } = counts;
  const named = Object.values(ports);
  const apiPorts = await portsFrom(ports.api, apis, named);
  const { workerMetrics1, workerMetrics2 } = ports;
  const later = await portsFrom(workerMetrics2, Math.max(1, workers - 1), [...named, ...apiPorts]);
  const workerPorts = [workerMetrics1, ...later].slice(0, workers);
  return {
    specs: [
      ...apiPorts.map((port, at) => apiSpec(variables, apis === 1 ? 'api' : `api-${at + 1}`, port)),
      ...workerPorts.map((port, at) => workerSpec(variables, at + 1, port)),
    ],
    apis: apiPorts.map(urlOf),
    metrics: [...apiPorts, ...workerPorts].map((port) => `${urlOf(port)}/metrics`),
    description: `${counted(apis, 'API')} and ${counted(workers, 'worker')}`,
  };
}

function urlOf(port: number): string {
  return `http://localhost:${port}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
