import { queueNames } from '../src/domain/queue.ts';
import { portsFrom } from './choose-ports.ts';
import type { Ports } from './ports.ts';
import { apiSpec, ownPrograms, workerSpec } from './service.ts';
import type { PartSpec } from './supervisor/part-spec.ts';

/** The service's own processes, and where each of them listens. */
export type ServiceProcesses = {
  specs: PartSpec[];
  apis: string[];
  metrics: string[];
  /** What they are, for people. */
  description: string;
};

export type Counts = {
  apis?: number | undefined;
  workers?: number | undefined;
  /** Workers for heavy jobs alone; without any the others do them as well. */
  heavy?: number | undefined;
  /** What runs as API and as worker, from the project's root on; the service's own unless said otherwise. */
  programs?: { api: string; worker: string } | undefined;
};

const defaults = { apis: 1, workers: 2, heavy: 1 };

/** What the workers do that are not for heavy jobs alone. */
const light = queueNames.filter((queue) => queue !== 'heavy');

/** As many APIs and workers as are asked for, each on a port of its own. */
export async function serviceProcesses(
  variables: NodeJS.ProcessEnv,
  ports: Ports,
  counts: Counts,
): Promise<ServiceProcesses> {
  // Whoever says by the environment what workers do has it so for all of them.
  const isSaid = Boolean(variables['WORKER_QUEUES']);
  const { apis = defaults.apis, workers = defaults.workers, programs = ownPrograms } = counts;
  const heavy = isSaid ? 0 : (counts.heavy ?? defaults.heavy);
  const named = Object.values(ports);
  const apiPorts = await portsFrom(ports.api, apis, named);
  const { workerMetrics1, workerMetrics2 } = ports;
  const later = await portsFrom(workerMetrics2, Math.max(1, workers + heavy - 1), [...named, ...apiPorts]);
  const workerPorts = [workerMetrics1, ...later].slice(0, workers + heavy);
  return {
    specs: [
      ...apiPorts.map((port, at) =>
        apiSpec(programs.api, variables, apis === 1 ? 'api' : `api-${at + 1}`, port),
      ),
      ...workerPorts
        .slice(0, workers)
        .map((port, at) =>
          workerSpec(programs.worker, variables, `worker-${at + 1}`, port, heavy > 0 ? light : undefined),
        ),
      ...workerPorts
        .slice(workers)
        .map((port, at) => workerSpec(programs.worker, variables, `heavy-${at + 1}`, port, ['heavy'])),
    ],
    apis: apiPorts.map(urlOf),
    metrics: [...apiPorts, ...workerPorts].map((port) => `${urlOf(port)}/metrics`),
    description: `${counted(apis, 'API')} and ${counted(workers + heavy, 'worker')}`,
  };
}

function urlOf(port: number): string {
  return `http://localhost:${port}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
