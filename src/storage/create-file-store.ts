import { lazily } from '../lazily.ts';
import type { FileStore } from './file-store.ts';
import { createFolderStore } from './folder.ts';
import { linkTo, type LinkConfig } from './signed-link.ts';

export interface FileStoreConfig {
  readonly place:
    | { readonly kind: 'folder'; readonly root: string }
    | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };
  readonly s3Endpoint: string | undefined;
  readonly timeoutMs: number;
  /** Signs links. */
  readonly signingKey: string;
  /** Where clients reach the API, without a slash at its end; null where they come by host and port. */
  readonly publicUrl: string | null;
}

/** The store that the configuration names. Amazon's client is loaded when a bucket is first used, and never for a folder. */
export function createFileStore(config: FileStoreConfig): FileStore {
  const { place, s3Endpoint: endpoint, timeoutMs } = config;
  const links = { signingKey: Buffer.from(config.signingKey), baseUrl: config.publicUrl ?? '' };
  if (place.kind === 'folder') return createFolderStore({ root: place.root, ...links });
  const { bucket, prefix } = place;
  return whenNeeded(links, async () => {
    const { createS3Store } = await import('./s3.ts');
    return createS3Store({ bucket, prefix, endpoint, timeoutMs, ...links });
  });
}

function whenNeeded(links: LinkConfig, make: () => Promise<FileStore>): FileStore {
  const made = lazily(make);
  return {
    put: async (...args) => (await made.get()).put(...args),
    get: async (...args) => (await made.get()).get(...args),
    remove: async (...args) => (await made.get()).remove(...args),
    link: async (file, expiresAt) => linkTo(file, expiresAt, links),
    locate: async (...args) => (await made.get()).locate(...args),
    removeUnfinished: async (...args) => (await made.get()).removeUnfinished(...args),
    close: () => void made.made?.then((store) => store.close()),
  };
}
