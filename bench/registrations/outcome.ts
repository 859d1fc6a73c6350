import { plain, rangeOf, shown } from '../report/range.ts';
import type { Outcome } from '../sections/section.ts';
import { duration } from '../shop/figures.ts';
import type { MailState } from './mail-server.ts';
import type { Seen } from './measure.ts';

/** One way of registering, under one state of the mail server, by so many clients: round by round. */
export interface Row {
  readonly way: string;
  readonly mailServer: MailState;
  readonly clients: number;
  readonly rounds: readonly (Omit<Seen, 'registered'> & {
    readonly registered: number;
    /** How many of those had their mail in the end, the mail server being well again. */
    readonly welcomed: number;
    /** From the last answer to the end of all that is due, in seconds. */
    readonly restSeconds: number;
  })[];
}

/** `pictureBytes`: how large the avatar is. */
export function outcomeOf(rows: readonly Row[], pictureBytes: number): Outcome {
  const rounds = rows[0]?.rounds.length ?? 0;
  return {
    tables: [
      {
        columns: ['', 'p50', 'p99', 'a second', 'answered 201', 'welcomed', 'all done after'],
        rows: rows.map(({ way, mailServer, clients, rounds: figures }) => {
          const sum = (key: 'asked' | 'registered' | 'welcomed') =>
            figures.reduce((total, one) => total + one[key], 0);
          const each = (key: 'p50' | 'p99' | 'perSecond' | 'restSeconds') =>
            rangeOf(figures.map((one) => one[key]));
          return [
            `${way}, mail server ${mailServer}, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
            shown(each('p50'), duration),
            shown(each('p99'), duration),
            shown(each('perSecond'), plain),
            `${sum('registered')} of ${sum('asked')}`,
            `${sum('welcomed')} of ${sum('registered')}`,
            shown(each('restSeconds'), (seconds) => `${seconds.toFixed(1)} s`),
          ];
        }),
      },
    ],
    notes: [
      `min / median / max of ${rounds} rounds; each registration brings a JPEG of four megapixels (${Math.round(pictureBytes / 1024)} KiB). Slow: the mail server answers after a second. Down: nobody can connect to it; it is back after the last answer, and what is left to do then goes on. Welcomed: has one mail in the end, and no second one.`,
      'In the request: an Express server with the same statements, files, pictures (by `sharp`, in libuv’s threads) and mail, one step after the other before it answers; when one fails it answers 503 and removes the user. Offloaded: `POST /registrations`, with the API, two workers and one for heavy jobs on the same four cores.',
    ],
    figures: { rows },
  };
}
