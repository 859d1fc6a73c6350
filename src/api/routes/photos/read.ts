import { z } from 'zod';
import { readPhoto } from '../../../db/photos.ts';
import { photoMediaType } from '../../../domain/photo.ts';
import { askAgain } from '../../bodies/accepted-job.ts';
import { linkedUntil } from '../../bodies/links.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { exampleJobId } from '../jobs/examples.ts';
import { examplePhotoId, linksOf, photo, photoParams } from './photo.ts';

export const getPhoto = endpoint({
  method: 'get',
  path: '/photos/{id}',
  operationId: 'getPhoto',
  tag: 'Files',
  access: 'jobs:read',
  summary: 'Read a photo',
  params: photoParams,
  unknown: 'unknown-photo',
  tagged: true,
  responses: {
    200: {
      description: 'The photo as it stands.',
      body: photo,
      headers: z.object({
        'Retry-After': z.string().optional().meta({
          description: 'While it is processed: when to ask again, in seconds.',
          example: '1',
        }),
      }),
      example: {
        photoId: examplePhotoId,
        jobId: exampleJobId,
        status: 'ready',
        error: null,
        mediaType: 'image/jpeg',
        bytes: 2_345_678,
        width: 4_032,
        height: 3_024,
        watermark: null,
        sizes: [{ size: 64, mediaType: photoMediaType, bytes: 1_234, url: '/files/WyJwaG90b3Mv…' }],
        createdAt: '2026-01-15T09:30:00.000Z',
        readyAt: '2026-01-15T09:30:00.512Z',
        links: linksOf(examplePhotoId, exampleJobId),
      },
    },
  },
  problems: ['unknown-photo'],
  async handle({ params }, { pool, files, settings }) {
    const view = await readPhoto(pool, params.id);
    if (!view) throw new Problem('unknown-photo');
    const until = linkedUntil(new Date(), settings);
    const sizes = await Promise.all(
      view.sizes.map(async ({ size, key, bytes }) => {
        const file = { key, name: `${view.photoId}-${size}.webp`, mediaType: photoMediaType };
        return { size, mediaType: photoMediaType, bytes, url: await files.link(file, until) };
      }),
    );
    return {
      status: 200,
      headers: view.status === 'processing' ? askAgain : {},
      body: {
        ...view,
        sizes,
        createdAt: view.createdAt.toISOString(),
        readyAt: view.readyAt?.toISOString() ?? null,
        links: linksOf(view.photoId, view.jobId),
      },
    };
  },
});
