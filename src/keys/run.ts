import type { Pool } from 'pg';
import {
  addKey,
  anyKey,
  listKeys,
  revokeKey,
  rotateKey,
  rotateWebhookSecret,
  type ListedKey,
} from '../db/api-keys.ts';
import { newSecret, newWebhookSecret } from '../domain/api-key.ts';
import { newId } from '../domain/new-id.ts';
import type { Sealer } from '../domain/sealing.ts';
import type { KeyCommand } from './arguments.ts';

/** What was asked for cannot be done; the message says why, for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** How long an API process may go on with what it knew of a key; said to people, held by the key ring. */
const effectiveWithin = 'within a few seconds';

/** Does it and gives what to print. Throws a CommandError. */
export async function run(pool: Pool, sealer: Sealer, command: KeyCommand): Promise<string> {
  switch (command.verb) {
    case 'create':
      return create(pool, sealer, command);
    case 'list':
      return table(await listKeys(pool));
    case 'rotate':
      return rotate(pool, command);
    case 'rotate-webhook-secret':
      return rotateWebhook(pool, sealer, command);
    case 'revoke':
      return revoke(pool, command.name);
    default:
      return command satisfies never;
  }
}

type Create = Extract<KeyCommand, { verb: 'create' }>;
type Rotate = Extract<KeyCommand, { verb: 'rotate' | 'rotate-webhook-secret' }>;

async function create(pool: Pool, sealer: Sealer, command: Create): Promise<string> {
  if (command.unlessAny && (await anyKey(pool))) return 'There is a key already; none was made.';
  const { name, scopes, requestsPerSecond } = command;
  const secret = newSecret();
  const shown = newWebhookSecret();
  const id = newId();
  const webhookSecret = sealer.seal(shown, id);
  const added = await addKey(pool, { id, name, scopes, requestsPerSecond, webhookSecret }, secret);
  if (!added)
    throw new CommandError(`a key named "${name}" is in use: rotate it, revoke it or take another name`);
  return [
    `The key "${name}" is made, for ${scopes.join(', ')}. Both of these are shown this once:`,
    '',
    `  API key         ${secret.key}`,
    `  Webhook secret  ${shown}`,
    '',
    'Send the key as "Authorization: Bearer <key>". What the service sends back is signed with the webhook secret.',
  ].join('\n');
}

async function rotate(pool: Pool, { name, graceMs }: Rotate): Promise<string> {
  const secret = newSecret();
  if (!(await rotateKey(pool, name, secret, graceMs))) throw noSuchKey(name);
  return [
    `The key "${name}" has a new secret, shown this once:`,
    '',
    `  API key  ${secret.key}`,
    '',
    graceMs === 0
      ? `The one before is worth nothing any more ${effectiveWithin}.`
      : `The one before is good until ${isoAfter(graceMs)}.`,
    'Id, scopes and webhook secret are as they were.',
  ].join('\n');
}

async function rotateWebhook(pool: Pool, sealer: Sealer, { name, graceMs }: Rotate): Promise<string> {
  const secret = newWebhookSecret();
  const rotated = await rotateWebhookSecret(pool, name, (keyId) => sealer.seal(secret, keyId), graceMs);
  if (!rotated) throw noSuchKey(name);
  return [
    `The key "${name}" has a new webhook secret, shown this once:`,
    '',
    `  Webhook secret  ${secret}`,
    '',
    graceMs === 0
      ? 'Callbacks are signed with it alone from now on.'
      : `Until ${isoAfter(graceMs)} callbacks are signed with the one before as well.`,
  ].join('\n');
}

function isoAfter(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
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
