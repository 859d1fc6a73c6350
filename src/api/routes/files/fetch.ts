import { z } from 'zod';
import { attachment } from '../../../storage/disposition.ts';
import { readLink } from '../../../storage/signed-link.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { fromStore } from '../../problems/from-store.ts';
import { etagOf, hasAlready } from '../../http/etag.ts';

/** What a file is, its link says. */
const anyType = '*/*';

const rangeHeaders = z.object({
  Range: z.string().optional().meta({
    description: 'Asks for a part, for instance to go on with a download.',
    example: 'bytes=0-1023',
  }),
  'If-Range': z
    .string()
    .optional()
    .meta({ description: 'The `ETag` of what the client has a part of: all of it if it is no longer that.' }),
  'If-None-Match': z.string().optional().meta({ description: 'The `ETag` of what the client has.' }),
});

const fileHeaders = z.object({
  ETag: z.string().meta({ description: 'Strong.', example: '"n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"' }),
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
    'A link is good for whoever has it, until it expires. Where the service keeps its files in a bucket, the answer leads there; to go on with a download, begin at the link again.',
  params: z.object({
    token: z.string().meta({ description: 'From a link; signed.', example: 'WyJl…' }),
  }),
  headers: rangeHeaders,
  withoutDatabase: true,
  responses: {
    200: { description: 'The file.', file: true, mediaType: anyType, headers: fileHeaders },
    206: {
      description: 'The part that `Range` asks for.',
      file: true,
      mediaType: anyType,
      headers: fileHeaders,
    },
    302: {
      description: 'The file is at `Location`, in a bucket, for a minute.',
      empty: true,
      headers: z.object({ Location: z.string() }),
    },
    304: { description: 'The client has it already.', empty: true },
  },
  problems: [
    'link-not-valid',
    'link-expired',
    'precondition-failed',
    'range-not-satisfiable',
    'files-unavailable',
  ],
  async handle({ params, headers }, { settings, files }) {
    const link = readLink(params.token, settings.fileSigningKey, new Date());
    if (link.outcome === 'forged') throw new Problem('link-not-valid');
    if (link.outcome === 'expired') throw new Problem('link-expired');
    // A key is written once, so that it stands for its bytes.
    const tag = { ETag: etagOf(link.file.key) };
    if (hasAlready(headers['if-none-match'], tag.ETag)) return { status: 304, headers: tag };
    const place = await fromStore(files.locate(link.file));
    if ('url' in place) return { status: 302, headers: { Location: place.url } };
    const { name, mediaType } = link.file;
    return {
      status: 200,
      filePath: place.path,
      headers: {
        'Content-Type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
        'Content-Disposition': attachment(name),
        ...tag,
        // Whatever is in it, a browser that shows it all the same lets it do nothing.
        'Content-Security-Policy': "default-src 'none'; sandbox",
      },
    };
  },
});
