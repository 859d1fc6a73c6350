import { z } from 'zod';
import { attachment } from '../../../storage/disposition.ts';
import { pathInFolder } from '../../../storage/folder.ts';
import { readLink } from '../../../storage/signed-link.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../errors.ts';

/** Longer than any link of ours. */
const maxTokenCharacters = 2_000;

const rangeHeaders = z.object({
  Range: z
    .string()
    .optional()
    .meta({
      description: 'Asks for a part, for instance to go on with a download.',
      example: 'bytes=0-1023',
    }),
});

const fileHeaders = z.object({
  'Content-Disposition': z
    .string()
    .meta({ example: `attachment; filename="orders.csv"; filename*=UTF-8''orders.csv` }),
});

export const fetchFile = endpoint({
  method: 'get',
  path: '/files/{token}',
  operationId: 'fetchFile',
  tag: 'Files',
  access: 'open',
  summary: 'Fetch a file by a link',
  description:
    'Where the service keeps its files in a bucket, links lead there instead. A link is good for whoever has it, until it expires.',
  params: z.object({
    token: z.string().max(maxTokenCharacters).meta({ description: 'From a link; signed.', example: 'WyJl…' }),
  }),
  headers: rangeHeaders,
  withoutDatabase: true,
  responses: {
    200: {
      description: 'The file.',
      file: true,
      mediaType: 'application/octet-stream',
      headers: fileHeaders,
    },
    206: {
      description: 'The part that `Range` asks for.',
      file: true,
      mediaType: 'application/octet-stream',
      headers: fileHeaders,
    },
    304: { description: 'The client has it already.', empty: true },
  },
  problems: ['link-not-valid', 'link-expired', 'precondition-failed', 'range-not-satisfiable'],
  async handle({ params }, { settings }) {
    const { folder } = settings;
    if (folder === null) throw new Problem('link-not-valid');
    const link = readLink(params.token, folder.signingKey, new Date());
    if (link.outcome === 'forged') throw new Problem('link-not-valid');
    if (link.outcome === 'expired') throw new Problem('link-expired');
    const { key, name, mediaType } = link.file;
    return {
      status: 200,
      filePath: pathInFolder(folder.root, key),
      headers: {
        'Content-Type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
        'Content-Disposition': attachment(name),
        // Whatever is in it, a browser that shows it all the same lets it do nothing.
        'Content-Security-Policy': "default-src 'none'; sandbox",
      },
    };
  },
});
