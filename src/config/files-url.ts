import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where files are kept. */
export type FilesPlace =
  | {
      readonly kind: 'folder';
      /** An absolute path. */
      readonly root: string;
    }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** In front of every key, with a slash at its end; or empty. */
      readonly prefix: string;
    };

/** `.data/files` of the project, for a machine on which nothing is set up. */
export const defaultFilesPlace: FilesPlace = {
  kind: 'folder',
  root: fileURLToPath(new URL('../../.data/files', import.meta.url)),
};

const problem = 'must be file:///a/folder or s3://bucket/prefix';

/** `FILES_URL`. */
export function filesUrl() {
  return z.string().transform((value, context): FilesPlace => {
    const place = placeOf(value);
    if (place !== null) return place;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });
}

function placeOf(value: string): FilesPlace | null {
  const url = URL.parse(value);
  if (url === null || url.search !== '' || url.hash !== '' || url.username !== '') return null;
  if (url.protocol === 'file:') return folderOf(url);
  if (url.protocol !== 's3:' || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host)) return null;
  const path = url.pathname.replace(/^\/+|\/+$/g, '');
  return { kind: 's3', bucket: url.host, prefix: path === '' ? '' : `${path}/` };
}

function folderOf(url: URL): FilesPlace | null {
  try {
    const root = fileURLToPath(url);
    return root === '/' ? null : { kind: 'folder', root };
  } catch {
    return null;
  }
}
