import { simpleParser } from 'mailparser';

/** A message as it was received once: the same message sent again is another reception. */
export interface Reception {
  /** Counts receptions from 1. */
  number: number;
  /** RFC 3339, UTC. */
  receivedAt: string;
  messageId: string;
  from: string;
  to: string[];
  subject: string;
  orderId: string | null;
  /** Bytes of the source. */
  size: number;
}

/** What stands in the message itself. */
export interface Content {
  text: string;
  html: string | null;
  headers: { name: string; value: string }[];
  attachments: { filename: string; contentType: string; size: number }[];
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** What the inbox lists of a message; the recipients are those of the envelope. */
export async function summarize(source: Buffer, recipients: string[]): Promise<Omit<Reception, 'number'>> {
  const mail = await simpleParser(source, { skipImageLinks: true });
  const messageId = mail.messageId ?? '(none)';
  const named = mail.headers.get('x-order-id');
  return {
    receivedAt: new Date().toISOString(),
    messageId,
    from: mail.from?.text ?? '',
    to: recipients,
    subject: mail.subject ?? '',
    orderId: typeof named === 'string' ? named : (uuid.exec(messageId)?.[0].toLowerCase() ?? null),
    size: source.length,
  };
}

export async function contentOf(source: Buffer): Promise<Content> {
  const mail = await simpleParser(source);
  return {
    text: mail.text ?? '',
    html: mail.html || null,
    headers: mail.headerLines.map(({ key, line }) => ({
      name: key,
      value: line.slice(line.indexOf(':') + 1).trim(),
    })),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? '(unnamed)',
      contentType,
      size,
    })),
  };
}
