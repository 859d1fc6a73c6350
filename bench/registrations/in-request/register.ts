import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { renderUserMail } from '../../../src/activities/jobs/user-mail/mail.ts';
import { insertPhoto, storeSizes } from '../../../src/db/photos.ts';
import { execute, transaction } from '../../../src/db/pool.ts';
import { insertUser, intendUserMail, markUserMailSent, trackRegistration } from '../../../src/db/users.ts';
import { userMessageId } from '../../../src/domain/ids.ts';
import type { ObjectStore } from '../../../src/domain/object-store.ts';
import { newId } from '../../../src/domain/new-id.ts';
import { photoMediaType, photoMediaTypeOf } from '../../../src/domain/photo.ts';
import { followUpAfterMs } from '../../../src/domain/user.ts';
import { makeSizes } from '../../../src/images/make-sizes.ts';
import type { Mailer } from '../../../src/providers/mail.ts';
import type { Form } from './form.ts';

export interface Parts {
  readonly pool: Pool;
  readonly objects: ObjectStore;
  readonly mailer: Mailer;
  readonly mailDomain: string;
}

/**
 * All that a registration takes, one step after the other, while its client waits: the same statements, pictures and mail as
 * behind `POST /registrations`. Throws what the first step throws that fails; its user is then removed, so that the client can
 * try again.
 */
export async function registerAtOnce(parts: Parts, { email, name, avatar }: Form): Promise<string> {
  const { pool, objects, mailer, mailDomain } = parts;
  const [userId, photoId, originalKey] = [newId(), newId(), `uploads/${newId()}`];
  const mediaType = photoMediaTypeOf(avatar);
  if (mediaType === null) throw new Error('this is no image');
  await objects.put(originalKey, avatar, { mediaType });
  await transaction(pool, async (tx) => {
    await insertPhoto(tx, {
      id: photoId,
      jobId: newId(),
      originalKey,
      mediaType,
      bytes: avatar.length,
      watermark: null,
      requestedBy: 'bench',
      traceParent: null,
    });
    if (!(await insertUser(tx, { id: userId, email, name, avatarPhotoId: photoId })))
      throw new Error('this address is taken');
  });
  try {
    const { width, height, sizes } = await makeSizes({ original: avatar, watermark: null });
    const stored = await Promise.all(
      sizes.map(async ({ size, bytes }) => {
        const key = `photos/${photoId}/${size}.webp`;
        await objects.put(key, bytes, { mediaType: photoMediaType });
        return { size, key, bytes: bytes.length };
      }),
    );
    await transaction(pool, (tx) => storeSizes(tx, { photoId, width, height, sizes: stored }));
    await trackRegistration(pool, userId);
    await execute(
      pool,
      sql`insert into follow_ups (user_id, due_at)
          values (${userId}, clock_timestamp() + ${followUpAfterMs}::float8 * interval '1 millisecond')`,
    );
    const messageId = userMessageId(userId, 'welcome', mailDomain);
    await intendUserMail(pool, userId, 'welcome', messageId);
    await mailer.send({ messageId, to: email, ...renderUserMail('welcome', name) });
    await markUserMailSent(pool, userId, 'welcome');
  } catch (error) {
    await execute(pool, sql`delete from users where id = ${userId}`);
    throw error;
  }
  return userId;
}
