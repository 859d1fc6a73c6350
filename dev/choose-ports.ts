import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { defaultPorts, portNames, portVariables, type PortName, type Ports } from './ports.ts';
import { isFree } from './supervisor/free-port.ts';

/** Temporal's schema for Postgres keeps its servers' ports as 16-bit numbers with a sign. */
const highestPort = 32_767;
const lowestOfAny = 10_000;

const portNumber = z.coerce.number().int().min(1).max(65_535);
const rememberedPorts = z.partialRecord(z.enum(portNames), portNumber);

/**
 * Chooses a free port for each name: the one that a variable asks for, else the one used here before, else the default,
 * and the next free one where that is taken. The choice is kept in a file from start to start.
 *
 * @throws when a port that was asked for is taken.
 */
export async function choosePorts(file: string, env: NodeJS.ProcessEnv): Promise<Ports> {
  const asked = askedPorts(env);
  const remembered = readPorts(file);
  const ports = { ...defaultPorts };
  const reserved = new Set(Object.values(asked));
  for (const name of portNames) {
    ports[name] = asked[name] ?? (await nextFree(remembered[name] ?? defaultPorts[name], reserved));
    reserved.add(ports[name]);
    if (asked[name] !== undefined && !(await isFree(asked[name]))) {
      throw new Error(`Port ${asked[name]}, which ${portVariables[name]} asks for, is taken.`);
    }
  }
  writeFileSync(file, JSON.stringify(ports, undefined, 2));
  return ports;
}

/** Ports that nobody uses at the moment, whatever their numbers. */
export async function anyPorts(): Promise<Ports> {
  const ports = { ...defaultPorts };
  const reserved = new Set<number>();
  for (const name of portNames) {
    ports[name] = await nextFree(randomInt(lowestOfAny, highestPort), reserved);
    reserved.add(ports[name]);
  }
  return ports;
}

/** The ports of several alike: the first has one of its own, the others the next free ones that are not `taken`. */
export async function portsFrom(first: number, count: number, taken: readonly number[]): Promise<number[]> {
  const ports = [first];
  const reserved = new Set(taken);
  while (ports.length < count) {
    const port = await nextFree(first, reserved);
    ports.push(port);
    reserved.add(port);
  }
  return ports;
}

function askedPorts(env: NodeJS.ProcessEnv): Partial<Record<PortName, number>> {
  const asked: Partial<Record<PortName, number>> = {};
  for (const name of portNames) {
    const variable = portVariables[name];
    const value = variable === undefined ? undefined : env[variable];
    if (variable === undefined || !value) continue;
    const port = portNumber.safeParse(value);
    if (!port.success) throw new Error(`${variable} is "${value}", which is no port number.`);
    asked[name] = port.data;
  }
  return asked;
}

function readPorts(file: string): Partial<Record<PortName, number>> {
  try {
    return rememberedPorts.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

async function nextFree(wish: number, reserved: ReadonlySet<number>): Promise<number> {
  for (let port = wish; port <= highestPort; port++) {
    if (!reserved.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`There is no free port from ${wish} to ${highestPort}.`);
}
