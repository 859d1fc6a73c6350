import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Shop } from '../shop/open-shop.ts';
import { redisVersion, syncs } from './bullmq/redis.ts';
import { bullSubject } from './bullmq/subject.ts';
import { bossSubject } from './pg-boss/subject.ts';
import { serviceSubject } from './service/subject.ts';
import type { JobSubject } from './subject.ts';
import { styles } from './types.ts';

export const subjectNames = ['service', 'bullmq', 'pg-boss'] as const;
export type SubjectName = (typeof subjectNames)[number];

export interface Subjects {
  readonly subjects: readonly JobSubject[];
  /** What was measured beside the service, in which versions. */
  readonly versions: readonly string[];
  close(): Promise<void>;
}

export async function openSubjects(
  shop: Shop,
  asked: readonly SubjectName[],
  say: (line: string) => void,
): Promise<Subjects> {
  const subjects: JobSubject[] = [];
  const versions: string[] = [];
  if (asked.includes('service')) subjects.push(...styles.map((style) => serviceSubject(shop, style)));
  const redis = redisVersion();
  if (asked.includes('bullmq') && redis === undefined)
    say('BullMQ is left out: there is no redis-server on the PATH (apt-get install redis-server)');
  if (asked.includes('bullmq') && redis !== undefined) {
    for (const sync of syncs) subjects.push(await bullSubject(shop, sync));
    versions.push(`BullMQ ${versionOf('bullmq')} on Redis ${redis}`);
  }
  if (asked.includes('pg-boss')) {
    subjects.push(await bossSubject(shop));
    versions.push(`pg-boss ${versionOf('pg-boss')}`);
  }
  return {
    subjects,
    versions,
    async close() {
      for (const subject of subjects) await subject.close();
    },
  };
}

/** Of an installed package. */
function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
