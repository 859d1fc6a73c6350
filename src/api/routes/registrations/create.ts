import { z } from 'zod';
import { followUpMail } from '../../../activities/jobs/follow-up-mail/type.ts';
import { thumbnails } from '../../../activities/jobs/thumbnails/type.ts';
import { trackRegistration } from '../../../activities/jobs/track-registration/type.ts';
import { welcomeMail } from '../../../activities/jobs/welcome-mail/type.ts';
import { enqueueJob } from '../../../db/jobs/enqueue.ts';
import { once, type StoredAnswer } from '../../../db/idempotency.ts';
import type { Tx } from '../../../db/pool.ts';
import { insertUser } from '../../../db/users.ts';
import type { JobRules } from '../../../domain/job-type.ts';
import { newId } from '../../../domain/new-id.ts';
import { maxPhotoBytes, photoMediaTypeOf, signatureBytes } from '../../../domain/photo.ts';
import { followUpAfterMs } from '../../../domain/user.ts';
import { askedBy, tellAccepted } from '../../bodies/accepted-job.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem, type InputError } from '../../problems/errors.ts';
import { enqueuePhoto } from '../../upload/new-photo.ts';
import { notAnImage } from '../../upload/not-an-image.ts';
import { answerOfRepeat, isFirst } from '../../http/repeats.ts';
import { email } from '../../schemas/fields.ts';
import { replayHeaders } from '../../schemas/headers.ts';
import { jobId } from '../../schemas/job.ts';
import { line } from '../../schemas/text.ts';
import { discard, storeImage } from '../../upload/store-image.ts';
import type { UploadedFile } from '../../upload/upload-spec.ts';
import { exampleJobId } from '../jobs/examples.ts';
import { imageDescription } from '../photos/photo.ts';

const newRegistration = z
  .strictObject({
    email,
    name: line(200).meta({ example: 'Ada Lovelace' }),
    avatar: z
      .base64({ error: 'must be base64' })
      .min(1)
      .optional()
      .meta({ description: `${imageDescription} In JSON its bytes in base64, for as much as a body holds.` }),
  })
  .meta({ id: 'NewRegistration' });

const userId = z.uuid().meta({ description: 'A UUIDv7.', example: '019aab30-6f5e-7d4c-9b3a-291807f6e5d4' });

const registered = z
  .strictObject({
    userId,
    jobs: z
      .array(z.strictObject({ jobId, type: z.string() }))
      .meta({ description: 'What is done behind it; none of it changes this answer.' }),
  })
  .meta({ id: 'Registered' });

export const register = endpoint({
  method: 'post',
  path: '/registrations',
  operationId: 'register',
  tag: 'Registrations',
  access: 'jobs:write',
  summary: 'Register a user',
  description:
    'The answer comes as soon as the user is durable. Jobs then send the welcome mail, make the avatar’s sizes, count the registration, and send a follow-up after three days.',
  repeatable: true,
  body: newRegistration,
  bodyExample: { email: 'ada@example.com', name: 'Ada Lovelace' },
  upload: {
    part: 'avatar',
    required: false,
    maxBytes: maxPhotoBytes,
    description: imageDescription,
    only: false,
  },
  responses: {
    201: {
      description: 'The user is registered.',
      body: registered,
      headers: replayHeaders,
      example: {
        userId: '019aab30-6f5e-7d4c-9b3a-291807f6e5d4',
        jobs: [{ jobId: exampleJobId, type: 'welcome-mail' }],
      },
    },
  },
  problems: ['email-taken', 'not-an-image', 'files-unavailable'],
  furtherErrors: async (body) => avatarErrors(body),
  async handle({ body, file, caller, repeatable, trace }, context) {
    const errors = avatarErrors(body);
    if (errors.length > 0) throw new Problem('not-an-image', undefined, { errors });
    const avatar = file ?? (await storeBase64(context, body.avatar));
    const made: MadeJob[] = [];
    const work = (tx: Tx) => registerUser(tx, { ...body, avatar }, askedBy(caller, trace), made);
    try {
      const repeated = await once(context.pool, repeatable, work);
      const answer = answerOfRepeat(repeated);
      const isNew = isFirst(repeated);
      if (!isNew) await discard(context, avatar);
      const afterwards = () => {
        for (const job of made) tellAccepted(context, job.type, job.jobId, caller, trace);
      };
      return { ...answer, ...(isNew && { afterwards }) };
    } catch (error) {
      await discard(context, avatar);
      throw error;
    }
  },
});

interface MadeJob {
  readonly jobId: string;
  readonly type: JobRules;
}

type Asked = ReturnType<typeof askedBy>;

/** The user and all that is owed for it, in one commit (law 1). */
async function registerUser(
  tx: Tx,
  user: { readonly email: string; readonly name: string; readonly avatar: UploadedFile | null },
  asked: Asked,
  made: MadeJob[],
): Promise<StoredAnswer> {
  const id = newId();
  const avatarPhotoId = user.avatar && newId();
  if (user.avatar !== null && avatarPhotoId !== null) {
    const photo = { id: avatarPhotoId, file: user.avatar, watermark: null };
    made.push({ type: thumbnails, jobId: await enqueuePhoto(tx, photo, asked) });
  }
  if (!(await insertUser(tx, { id, email: user.email, name: user.name, avatarPhotoId })))
    throw new Problem('email-taken');
  for (const [type, when] of [
    [welcomeMail, {}],
    [trackRegistration, {}],
    [followUpMail, { delayMs: followUpAfterMs }],
  ] as const) {
    const { jobId: job } = await enqueueJob(tx, type, { input: { userId: id }, ...asked, ...when });
    made.push({ type, jobId: job });
  }
  const jobs = made.map(({ jobId: job, type }) => ({ jobId: job, type: type.name }));
  return { status: 201, headers: {}, body: { userId: id, jobs } };
}

/** What is wrong with the bytes of an avatar in JSON, where its schema finds nothing. */
function avatarErrors(body: unknown): InputError[] {
  const { success, data } = z.object({ avatar: newRegistration.shape.avatar }).safeParse(body);
  if (!success || data.avatar === undefined) return [];
  const bytes = Buffer.from(data.avatar, 'base64');
  const isImage = bytes.length >= signatureBytes && photoMediaTypeOf(bytes) !== null;
  return isImage ? [] : [notAnImage('avatar')];
}

async function storeBase64(
  context: Parameters<typeof storeImage>[0],
  base64: string | undefined,
): Promise<UploadedFile | null> {
  if (base64 === undefined) return null;
  return storeImage(context, only(Buffer.from(base64, 'base64')), maxPhotoBytes);
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
