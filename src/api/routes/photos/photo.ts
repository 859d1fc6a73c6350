import { z } from 'zod';
import {
  maxPhotoBytes,
  maxPhotoPixels,
  maxWatermarkCharacters,
  photoMediaTypes,
} from '../../../domain/photo.ts';
import { jobId } from '../../schemas/job.ts';
import { time } from '../../schemas/fields.ts';
import { line } from '../../schemas/text.ts';

export const photoId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'A UUIDv7.', example: '019aab31-0a1b-7c2d-8e3f-405162738495' });

/** The path of everything about one photo. */
export const photoParams = z.object({ id: photoId });

export const watermark = line(maxWatermarkCharacters)
  .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'must have something that can be seen')
  .optional()
  .meta({ description: 'Written over the lower end of each size.' });

export const imageDescription = `An image: ${photoMediaTypes.join(', ')}; at most ${maxPhotoBytes / 1024 / 1024} MiB and ${maxPhotoPixels / 1_000_000} megapixels.`;

export const photoLinks = z.strictObject({ self: z.string(), job: z.string() });

export function linksOf(id: string, job: string) {
  return { self: `/photos/${id}`, job: `/jobs/${job}` };
}

const size = z
  .strictObject({
    size: z.int().meta({ description: 'The sides of the square, in pixels.' }),
    mediaType: z.string(),
    bytes: z.int(),
    url: z.string().meta({ description: 'Gives the image, for a while, to whoever has this link.' }),
  })
  .meta({ id: 'PhotoSize' });

/** The body of `GET /photos/{id}`. */
export const photo = z
  .strictObject({
    photoId,
    jobId,
    status: z.enum(['processing', 'ready', 'failed']),
    error: z.strictObject({ type: z.string(), detail: z.string() }).nullable(),
    mediaType: z.string().meta({ description: 'Of the file that was handed in, by its first bytes.' }),
    bytes: z.int().meta({ description: 'Of that file.' }),
    width: z.int().nullable().meta({ description: 'As it is seen, in pixels; null until it is ready.' }),
    height: z.int().nullable(),
    watermark: z.string().nullable(),
    sizes: z.array(size).meta({ description: 'The smallest first; empty until it is ready.' }),
    createdAt: time,
    readyAt: time.nullable(),
    links: photoLinks,
  })
  .meta({ id: 'Photo' });

export const examplePhotoId = '019aab31-0a1b-7c2d-8e3f-405162738495';
