import { photoMediaTypes } from '../../domain/photo.ts';
import type { InputError } from '../problems/errors.ts';
import { pointerTo } from '../problems/pointer.ts';

/** What is wrong with a file whose first bytes are those of no image that is taken. */
export function notAnImage(part: string): InputError {
  return { pointer: pointerTo([part]), detail: `must be an image: ${photoMediaTypes.join(', ')}` };
}
