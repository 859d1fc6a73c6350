import { buffer } from 'node:stream/consumers';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { Request } from 'express';

/** A registration as its form holds it, in memory. */
export interface Form {
  readonly email: string;
  readonly name: string;
  readonly avatar: Buffer;
}

/** Reads a whole form. Rejects when it breaks off. */
export async function readForm(request: Request): Promise<Form> {
  // Whoever calls sends a form.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const parser = new Busboy({ headers: request.headers as BusboyHeaders });
  const fields = new Map<string, string>();
  let avatar: Promise<Buffer> | undefined;
  const { promise: read, resolve, reject } = Promise.withResolvers<void>();
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (_name, content) => {
    avatar = buffer(content);
    avatar.catch(reject);
  });
  parser.once('finish', resolve);
  parser.once('error', reject);
  request.pipe(parser);
  await read;
  const [email, name] = [fields.get('email'), fields.get('name')];
  if (email === undefined || name === undefined || avatar === undefined) throw new Error('a part is missing');
  return { email, name, avatar: await avatar };
}
