import { MIMEType } from 'node:util';
import { isStorable } from '../../domain/storable.ts';
import { Problem, type InputError } from '../problems/errors.ts';
import { pointerTo } from '../problems/pointer.ts';
import { maxJsonDepth } from '../limits.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether a content type is `application/json`, with no charset or the one that JSON has. */
export function isJson(contentType: string | undefined): boolean {
  try {
    const { essence, params } = new MIMEType(contentType ?? '');
    return essence === 'application/json' && /^(utf-?8)?$/i.test(params.get('charset') ?? '');
  } catch {
    return false;
  }
}

/** Parses a body; throws a `malformed-json` problem. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(body)) as unknown;
  } catch (error) {
    // The engine's message may quote the body; only the position is passed on.
    const position = error instanceof SyntaxError ? /at position \d+/.exec(error.message)?.[0] : undefined;
    throw new Problem('malformed-json', position && `The body is not JSON: it breaks off ${position}.`);
  }
}

/**
 * What no body may hold, whatever its schema: NUL and lone surrogates, which Postgres cannot store; a member called
 * `__proto__`; nesting without end.
 */
export function unstorable(body: unknown): InputError[] {
  const errors: InputError[] = [];
  const open: { value: unknown; path: (string | number)[] }[] = [{ value: body, path: [] }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { value, path } = node;
    if (path.length > maxJsonDepth) {
      return [{ pointer: '#', detail: `is nested more than ${maxJsonDepth} levels deep` }];
    }
    if (typeof value === 'string') {
      if (!isStorable(value)) errors.push({ pointer: pointerTo(path), detail: notStorable });
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        const memberPath = [...path, name];
        if (name === '__proto__')
          errors.push({ pointer: pointerTo(memberPath), detail: 'is no name for a member' });
        else if (!isStorable(name)) errors.push({ pointer: pointerTo(memberPath), detail: notStorable });
        open.push({ value: member, path: memberPath });
      }
    }
  }
  return errors.toReversed();
}

const notStorable = 'holds a NUL character or half a surrogate pair, which is no text';
