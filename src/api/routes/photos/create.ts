import { z } from 'zod';
import { thumbnails } from '../../../activities/jobs/thumbnails/type.ts';
import { once } from '../../../db/idempotency.ts';
import { newId } from '../../../domain/new-id.ts';
import { maxPhotoBytes } from '../../../domain/photo.ts';
import { askAgain, askedBy, assertRoom, tellAccepted } from '../../bodies/accepted-job.ts';
import { endpoint } from '../../endpoint.ts';
import { enqueuePhoto } from '../../upload/new-photo.ts';
import { answerOfRepeat, isFirst } from '../../http/repeats.ts';
import { acceptedHeaders } from '../../schemas/headers.ts';
import { jobId } from '../../schemas/job.ts';
import { discard } from '../../upload/store-image.ts';
import { exampleJobId } from '../jobs/examples.ts';
import { examplePhotoId, imageDescription, linksOf, photoId, photoLinks, watermark } from './photo.ts';

const accepted = z
  .strictObject({ photoId, jobId, status: z.literal('processing'), links: photoLinks })
  .meta({ id: 'AcceptedPhoto' });

export const createPhoto = endpoint({
  method: 'post',
  path: '/photos',
  operationId: 'createPhoto',
  tag: 'Files',
  access: 'jobs:write',
  summary: 'Hand a photo in',
  description: `A job makes its sizes, squares of 64, 128 and 256 pixels in WebP: turned as the camera was held, of an animation the first
picture, without any metadata. \`GET /photos/{id}\` has them once \`photo.ready\` was told to webhook endpoints.`,
  repeatable: true,
  body: z.strictObject({ watermark }),
  upload: {
    part: 'photo',
    required: true,
    maxBytes: maxPhotoBytes,
    description: imageDescription,
    only: true,
  },
  responses: {
    202: {
      description: 'The photo is in the store, and its sizes will be made.',
      body: accepted,
      headers: acceptedHeaders(`/photos/${examplePhotoId}`),
      example: {
        photoId: examplePhotoId,
        jobId: exampleJobId,
        status: 'processing',
        links: linksOf(examplePhotoId, exampleJobId),
      },
    },
  },
  problems: ['backlog-full'],
  async handle({ body, file, caller, repeatable, trace }, context) {
    if (file === null) throw new Error('an upload without its file has passed the check');
    assertRoom(context, thumbnails);
    const id = newId();
    let job = '';
    const repeated = await once(context.pool, repeatable, async (tx) => {
      const photo = { id, file, watermark: body.watermark ?? null };
      job = await enqueuePhoto(tx, photo, askedBy(caller, trace));
      return answerTo(id, job);
    });
    if (isFirst(repeated))
      return {
        ...answerOfRepeat(repeated),
        afterwards: () => tellAccepted(context, thumbnails, job, caller, trace),
      };
    await discard(context, file);
    return answerOfRepeat(repeated);
  },
});

function answerTo(id: string, job: string) {
  const links = linksOf(id, job);
  return {
    status: 202,
    headers: { Location: links.self, ...askAgain },
    body: { photoId: id, jobId: job, status: 'processing', links },
  };
}
