import { createEffectLog, type EffectLog } from '../shared/effects.ts';
import { openJournal } from '../shared/journal.ts';
import type { Reception } from './message.ts';

interface Line {
  received?: { reception: Reception; source: string };
  /** The number of a reception whose 250 was sent. */
  acknowledged?: number;
}

export interface MessageFilter {
  to?: string | undefined;
  orderId?: string | undefined;
  messageId?: string | undefined;
  /** Newest first; default all. */
  limit?: number | undefined;
}

/** A reception with what became of its reply. */
export interface Message extends Reception {
  /** False where the sender never got the 250: it has every reason to send the message again. */
  acknowledged: boolean;
  /** Counts the receptions of this Message-ID from 1. */
  reception: number;
}

export interface MailStore {
  effects: EffectLog;
  /** Keeps the message before anyone is told that it was accepted. */
  receive(summary: Omit<Reception, 'number'>, source: string): Message;
  acknowledge(number: number): void;
  /** Newest first. */
  list(filter?: MessageFilter): Message[];
  get(number: number): Message | undefined;
  /** The message as it came; undefined for old ones, which stand in the ledger file only. */
  source(number: number): string | undefined;
  summary(): object;
  close(): void;
}

/** Sources of older messages are not kept in memory. */
const maxSourcesInMemory = 5_000;

export function openMailStore(file: string | null): MailStore {
  const messages: Message[] = [];
  const sources = new Map<number, string>();
  const byMessageId = new Map<string, Message[]>();
  const effects = createEffectLog();

  function apply({ received, acknowledged }: Line): void {
    if (received) keep(received.reception, received.source);
    const answered = acknowledged === undefined ? undefined : messages[acknowledged - 1];
    if (answered) answered.acknowledged = true;
  }

  function keep(reception: Reception, source: string): void {
    const sameId = byMessageId.get(reception.messageId) ?? [];
    const message = { ...reception, acknowledged: false, reception: sameId.length + 1 };
    messages.push(message);
    byMessageId.set(reception.messageId, [...sameId, message]);
    sources.set(reception.number, source);
    sources.delete(reception.number - maxSourcesInMemory);
    const { messageId, orderId, to, subject } = reception;
    const details = { number: message.number, reception: message.reception, to, subject };
    effects.add({
      at: reception.receivedAt,
      kind: 'mail.received',
      id: messageId,
      orderId,
      key: messageId,
      details,
    });
  }

  const journal = openJournal<Line>(file, apply);

  function write(line: Line): void {
    journal.append(line);
    apply(line);
  }

  return {
    effects,
    receive(summary, source) {
      write({ received: { reception: { number: messages.length + 1, ...summary }, source } });
      const message = messages.at(-1);
      if (!message) throw new Error('a message was received and is not there');
      return message;
    },
    acknowledge: (number) => write({ acknowledged: number }),
    list({ to, orderId, messageId, limit = messages.length } = {}) {
      const candidates = messageId === undefined ? messages : (byMessageId.get(messageId) ?? []);
      const wanted = to?.toLowerCase();
      return candidates
        .filter(
          (message) =>
            (wanted === undefined || message.to.some((recipient) => recipient.toLowerCase() === wanted)) &&
            (orderId === undefined || message.orderId === orderId),
        )
        .toReversed()
        .slice(0, limit);
    },
    get: (number) => messages[number - 1],
    source: (number) => sources.get(number),
    summary: () => ({
      effects: effects.counts(),
      receptions: messages.length,
      messages: byMessageId.size,
      repeated: [...byMessageId.values()].filter((same) => same.length > 1).length,
      repeatedWithoutLostReply: repeatedWithoutLostReply([...byMessageId.values()]),
    }),
    close: () => journal.close(),
  };
}

/** Messages that were sent again although the reply to an earlier reception had arrived. */
function repeatedWithoutLostReply(receptions: Message[][]): { messageId: string; receptions: number }[] {
  return receptions
    .filter((same) => same.slice(0, -1).some(({ acknowledged }) => acknowledged))
    .map((same) => ({ messageId: same[0]?.messageId ?? '', receptions: same.length }));
}
