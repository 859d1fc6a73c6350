import type { Pool } from 'pg';
import { addKey, anyKey, listKeys, revokeKey, rotateKey, type ListedKey } from '../db/api-keys.ts';
import { newSecret, newWebhookSecret } from '../domain/api-key.ts';
import { newId } from '../domain/new-id.ts';
import type { KeyCommand } from './arguments.ts';

/** What was asked for cannot be done; the message says why, for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** How long an API process may go on with what it knew of a key; said to people, held by the key ring. */
const effectiveWithin = 'within a few seconds';

/** Does it and gives what to print. Throws a CommandError. */
export async function run(pool: Pool, command: KeyCommand): Promise<string> {
  switch (command.verb) {
    case 'create':
      return create(pool, command);
    case 'list':
      return table(await listKeys(pool));
    case 'rotate':
      return rotate(pool, command);
    case 'revoke':
      return revoke(pool, command.name);
    default:
      return command satisfies never;
  }
}

async function create(pool: Pool, command: Extract<KeyCommand, { verb: 'create' }>): Promise<string> {
  if (command.unlessAny && (await anyKey(pool))) return 'There is a key already; none was made.';
  const { name, scopes, requestsPerSecond } = command;
  const secret = newSecret();
  const webhookSecret = newWebhookSecret();
  const added = await addKey(pool, { id: newId(), name, scopes, requestsPerSecond, webhookSecret }, secret);
  if (!added)
    throw new CommandError(`a key named "${name}" is in use: rotate it, revoke it or take another name`);
  return [
    `The key "${name}" is made, for ${scopes.join(', ')}. Both of these are shown this once:`,
    '',
    `  API key         ${secret.key}`,
    `  Webhook secret  ${webhookSecret}`,
    '',
    'Send the key as "Authorization: Bearer <key>". What the service sends back is signed with the webhook secret.',
  ].join('\n');
}

async function rotate(
  pool: Pool,
  { name, graceMs }: Extract<KeyCommand, { verb: 'rotate' }>,
): Promise<string> {
  const secret = newSecret();
  if (!(await rotateKey(pool, name, secret, graceMs))) throw noSuchKey(name);
  const until = new Date(Date.now() + graceMs).toISOString();
  return [
    `The key "${name}" has a new secret, shown this once:`,
    '',
    `  API key  ${secret.key}`,
    '',
    graceMs === 0
      ? `The one before is worth nothing any more ${effectiveWithin}.`
      : `The one before is good until ${until}.`,
    'Id, scopes and webhook secret are as they were.',
  ].join('\n');
}

async function revoke(pool: Pool, name: string): Promise<string> {
  if (!(await revokeKey(pool, name))) throw noSuchKey(name);
  return `The key "${name}" is revoked; no API takes it any more ${effectiveWithin}.`;
}

function noSuchKey(name: string): CommandError {
  return new CommandError(`no key named "${name}" is in use`);
}

const headings = ['NAME', 'PREFIX', 'SCOPES', 'RATE', 'CREATED', 'LAST USED', 'REVOKED'];

function table(keys: readonly ListedKey[]): string {
  if (keys.length === 0) return 'There is no key.';
  const rows = [headings, ...keys.map(cells)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(key: ListedKey): string[] {
  return [
    key.name,
    key.revokedAt === null ? key.prefixes.join(',') : '-',
    key.scopes.join(','),
    key.requestsPerSecond === null ? 'default' : `${key.requestsPerSecond}/s`,
    minute(key.createdAt),
    minute(key.lastUsedAt),
    minute(key.revokedAt),
  ];
}

function minute(at: Date | null): string {
  return at === null ? '-' : at.toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ');
}
