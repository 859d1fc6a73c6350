import sql from 'sql-template-tag';
import type { PhotoSize } from '../domain/photo.ts';
import { hasJobEnded, type JobStatus } from '../domain/job.ts';
import { execute, query, queryOne, type Db, type Tx } from './pool.ts';

/** A photo as it was handed in. */
export interface NewPhoto {
  readonly id: string;
  readonly jobId: string;
  readonly originalKey: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly watermark: string | null;
  readonly requestedBy: string;
  readonly traceParent: string | null;
}

export async function insertPhoto(tx: Tx, photo: NewPhoto): Promise<void> {
  await execute(
    tx,
    sql`insert into photos (id, job_id, original_key, media_type, bytes, watermark, requested_by, trace_parent)
        values (${photo.id}, ${photo.jobId}, ${photo.originalKey}, ${photo.mediaType}, ${photo.bytes},
          ${photo.watermark}, ${photo.requestedBy}, ${photo.traceParent})`,
  );
}

/** What its sizes are made from. */
export async function findOriginal(
  db: Db,
  photoId: string,
): Promise<{ readonly key: string; readonly bytes: number; readonly watermark: string | null } | undefined> {
  return queryOne(db, sql`select original_key as key, bytes, watermark from photos where id = ${photoId}`);
}

export interface StoredSize {
  readonly size: PhotoSize;
  readonly key: string;
  readonly bytes: number;
}

export interface SizedPhoto {
  readonly photoId: string;
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly StoredSize[];
}

/** Makes the photo ready, and thereby owes `photo.ready` to whoever asks for it. Gives the keys of sizes that are replaced. */
export async function storeSizes(
  tx: Tx,
  { photoId, width, height, sizes }: SizedPhoto,
): Promise<readonly string[]> {
  const replaced = await query<{ key: string }>(
    tx,
    sql`delete from photo_sizes where photo_id = ${photoId} returning key`,
  );
  const column = <K extends keyof StoredSize>(name: K) => sizes.map((one) => one[name]);
  await execute(
    tx,
    sql`insert into photo_sizes (photo_id, size, key, bytes)
        select ${photoId}::uuid, size, key, bytes
        from unnest(${column('size')}::smallint[], ${column('key')}::text[], ${column('bytes')}::integer[])
          as made (size, key, bytes)`,
  );
  await execute(
    tx,
    sql`update photos set width = ${width}, height = ${height}, ready_at = clock_timestamp() where id = ${photoId}`,
  );
  return replaced.map(({ key }) => key);
}

/** A photo as its readers see it. */
export interface PhotoView {
  readonly photoId: string;
  readonly jobId: string;
  readonly status: 'processing' | 'ready' | 'failed';
  readonly error: { readonly type: string; readonly detail: string } | null;
  readonly mediaType: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly watermark: string | null;
  readonly createdAt: Date;
  readonly readyAt: Date | null;
  /** The smallest first. */
  readonly sizes: readonly StoredSize[];
}

interface PhotoRow extends Omit<PhotoView, 'status' | 'error'> {
  readonly jobStatus: JobStatus | null;
  readonly errorType: string | null;
  readonly errorDetail: string | null;
}

/** Undefined where there is none. One that is not ready stands as its job does. */
export async function readPhoto(db: Db, photoId: string): Promise<PhotoView | undefined> {
  const row = await queryOne<PhotoRow>(
    db,
    sql`select p.id as "photoId", p.job_id as "jobId", p.media_type as "mediaType", p.bytes, p.width, p.height,
          p.watermark, p.created_at as "createdAt", p.ready_at as "readyAt", j.status as "jobStatus",
          j.error_type as "errorType", j.error_detail as "errorDetail",
          (select coalesce(jsonb_agg(jsonb_build_object('size', size, 'key', key, 'bytes', bytes) order by size), '[]')
           from photo_sizes where photo_id = p.id) as sizes
        from photos p left join jobs j on j.id = p.job_id
        where p.id = ${photoId}`,
  );
  if (!row) return undefined;
  const { jobStatus, errorType, errorDetail, ...view } = row;
  if (view.readyAt !== null) return { ...view, status: 'ready', error: null };
  // The job of a photo that failed long ago has been removed.
  if (jobStatus !== null && !hasJobEnded(jobStatus)) return { ...view, status: 'processing', error: null };
  const type = errorType ?? (jobStatus === 'cancelled' ? 'Cancelled' : 'Unknown');
  return { ...view, status: 'failed', error: { type, detail: errorDetail ?? 'Its sizes were not made.' } };
}
