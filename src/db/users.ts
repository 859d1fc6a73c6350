import sql from 'sql-template-tag';
import type { UserMailKind } from '../domain/user.ts';
import { execute, queryOne, type Db, type Tx } from './pool.ts';

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly avatarPhotoId: string | null;
}

/** False where somebody has the address already, however it is written. */
export async function insertUser(tx: Tx, { id, email, name, avatarPhotoId }: NewUser): Promise<boolean> {
  const inserted = await execute(
    tx,
    sql`insert into users (id, email, name, avatar_photo_id) values (${id}, ${email}, ${name}, ${avatarPhotoId})
        on conflict (lower(email)) do nothing`,
  );
  return inserted === 1;
}

/** Whom a mail goes to, unless it has been sent; written down before it is. */
export async function intendUserMail(
  db: Db,
  userId: string,
  kind: UserMailKind,
  messageId: string,
): Promise<{ readonly email: string; readonly name: string; readonly sent: boolean } | undefined> {
  await execute(
    db,
    sql`insert into user_mails (user_id, kind, message_id)
        select id, ${kind}, ${messageId} from users where id = ${userId}
        on conflict (user_id, kind) do nothing`,
  );
  return queryOne(
    db,
    sql`select u.email, u.name, m.sent_at is not null as sent
        from users u join user_mails m on m.user_id = u.id and m.kind = ${kind} where u.id = ${userId}`,
  );
}

export async function markUserMailSent(db: Db, userId: string, kind: UserMailKind): Promise<void> {
  await execute(
    db,
    sql`update user_mails set sent_at = clock_timestamp()
        where user_id = ${userId} and kind = ${kind} and sent_at is null`,
  );
}

/** Counts a registration, once. */
export async function trackRegistration(db: Db, userId: string): Promise<void> {
  await execute(
    db,
    sql`insert into analytics_events (type, subject_id, occurred_at, data)
        select 'user.registered', id, created_at, jsonb_build_object('avatar', avatar_photo_id is not null)
        from users where id = ${userId}
        on conflict (type, subject_id) do nothing`,
  );
}
