import { parseArgs } from 'node:util';
import { isScope, scopes, type Scope } from '../domain/api-key.ts';

/** What the command line asks for. */
export type KeyCommand =
  | {
      readonly verb: 'create';
      readonly name: string;
      readonly scopes: readonly Scope[];
      readonly requestsPerSecond: number | null;
      /** Makes none where there is a key already. */
      readonly unlessAny: boolean;
    }
  | { readonly verb: 'list' }
  | {
      readonly verb: 'rotate' | 'rotate-webhook-secret';
      readonly name: string;
      readonly graceMs: number;
    }
  | { readonly verb: 'revoke'; readonly name: string };

export const usage = `Usage:
  npm run keys -- create <name> --scopes <scope,scope,…> [--rate <requests per second>] [--unless-any]
  npm run keys -- list
  npm run keys -- rotate <name> [--grace-hours <hours>]
  npm run keys -- rotate-webhook-secret <name> [--grace-hours <hours>]
  npm run keys -- revoke <name>

Scopes: ${scopes.join(', ')}; "all" is every one of them.
DATABASE_URL names the database of the service; "npm start" shows its own. Where the service has PAYLOAD_ENCRYPTION_KEYS and
PAYLOAD_ENCRYPTION_ACTIVE_KEY, set them here too: webhook secrets are then kept encrypted.`;

/** What was asked for cannot be read; the message says why, for a person. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const hourMs = 60 * 60 * 1_000;
const defaultGraceHours = 24;
const maxGraceHours = 24 * 365;
const maxRate = 1_000_000;
const nameFormat = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const options = {
  scopes: { type: 'string' },
  rate: { type: 'string' },
  'unless-any': { type: 'boolean' },
  'grace-hours': { type: 'string' },
} as const;
type Option = keyof typeof options;

const optionsOf: Readonly<Record<KeyCommand['verb'], readonly Option[]>> = {
  create: ['scopes', 'rate', 'unless-any'],
  list: [],
  rotate: ['grace-hours'],
  'rotate-webhook-secret': ['grace-hours'],
  revoke: [],
};

/** Reads the command line. Throws a UsageError. */
export function readCommand(args: readonly string[]): KeyCommand {
  const { values, positionals } = parse(args);
  const [verb, name, ...tooMany] = positionals;
  if (!isVerb(verb)) {
    throw new UsageError(verb === undefined ? 'what to do is missing' : `there is no "${verb}"`);
  }
  const given = Object.keys(options).filter((option): option is Option => option in values);
  const foreign = given.find((option) => !optionsOf[verb].includes(option));
  if (foreign !== undefined) throw new UsageError(`${verb} takes no --${foreign}`);
  if (tooMany[0] !== undefined) throw new UsageError(`"${tooMany[0]}" is one word too many`);
  if (verb === 'list') {
    if (name !== undefined) throw new UsageError(`"${name}" is one word too many`);
    return { verb };
  }
  if (name === undefined) throw new UsageError(`${verb} needs the name of a key`);
  if (!nameFormat.test(name)) {
    throw new UsageError(
      'a name has 1 to 64 letters, digits, dots, underscores and hyphens, the first a letter or digit',
    );
  }
  if (verb === 'revoke') return { verb, name };
  if (verb === 'rotate' || verb === 'rotate-webhook-secret') {
    return {
      verb,
      name,
      graceMs: whole('grace-hours', values, 0, maxGraceHours, defaultGraceHours) * hourMs,
    };
  }
  return {
    verb,
    name,
    scopes: readScopes(values.scopes),
    requestsPerSecond: values.rate === undefined ? null : whole('rate', values, 1, maxRate, maxRate),
    unlessAny: values['unless-any'] ?? false,
  };
}

function isVerb(word: string | undefined): word is KeyCommand['verb'] {
  return word !== undefined && Object.hasOwn(optionsOf, word);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === undefined) throw new UsageError('--scopes is missing');
  if (text === 'all') return scopes;
  const named = text.split(',').map((scope) => scope.trim());
  const unknown = named.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw new UsageError(`there is no scope "${unknown}"`);
  return scopes.filter((scope) => named.includes(scope));
}

function whole(
  option: 'rate' | 'grace-hours',
  values: { rate?: string | undefined; 'grace-hours'?: string | undefined },
  min: number,
  max: number,
  fallback: number,
): number {
  const text = values[option];
  if (text === undefined) return fallback;
  if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
  throw new UsageError(`--${option} must be a whole number from ${min} to ${max}`);
}
