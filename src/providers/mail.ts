import { createTransport, type NodemailerError } from 'nodemailer';
import { Failure, refused } from '../domain/failures.ts';
import { unavailable } from './http-failures.ts';

/** How long sending one message may take in all; it has to stay below the activity's `startToCloseTimeout` (law 4). */
const defaultTimeoutMs = 8_000;

/** Connections that one process keeps to the mail server. */
const maxConnections = 5;

/** A connection without work is closed before a server would close it on us. */
const idleTimeoutMs = 30_000;

export interface MailerConfig {
  /** `smtp://user:password@host:587`, `smtps://…` for TLS from the start. */
  readonly smtpUrl: string;
  /** `The Shop <orders@shop.example>` */
  readonly from: string;
  readonly timeoutMs?: number | undefined;
}

export interface Mail {
  /** Stable, so that a repeated mail is known as the same one: `<confirmed.…@shop.example>`. */
  readonly messageId: string;
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly attachments?: readonly Attachment[];
}

/** A file that goes with a mail. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export interface Mailer {
  /**
   * Hands the mail to the server and returns its words. Throws a `Failure`: `MailRefused` when the server doesn't want it
   * for good; `ProviderUnavailable` when it may later (after a lost reply it may have been sent all the same);
   * `Misconfigured` when it doesn't want us.
   */
  send(mail: Mail): Promise<{ response: string }>;
  /** Resolves when the server takes our name and password. */
  ping(): Promise<void>;
  /** Ends the connections once what is under way has been sent. */
  close(): void;
}

export function createMailer({ smtpUrl, from, timeoutMs = defaultTimeoutMs }: MailerConfig): Mailer {
  const transport = createTransport(
    {
      url: smtpUrl,
      pool: true,
      maxConnections,
      maxRequeues: 0, // Whether a mail whose connection broke is sent again is for the caller to say.
      idleTimeout: idleTimeoutMs,
      dnsTimeout: timeoutMs,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send({ to, attachments = [], ...mail }) {
      try {
        const sent = await transport.sendMail({
          ...mail,
          attachments: [...attachments],
          to: { name: '', address: to }, // An object is one address, whatever characters it holds.
          signal: AbortSignal.timeout(timeoutMs),
        });
        return { response: sent.response };
      } catch (error) {
        throw mailFailure(error);
      }
    },
    async ping() {
      try {
        await transport.verify();
      } catch (error) {
        throw mailFailure(error);
      }
    },
    close: () => transport.close(),
  };
}

/** What is wrong here is our name, our password or our settings. */
const ourCodes = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ECONFIG', 'ETLS', 'EREQUIRETLS']);

/** What is wrong here is the mail: its address, its size. */
const mailCodes = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * What an error of nodemailer means to us. The server's words stay out of it, for they may repeat the address. An error
 * without a code is a defect of ours and comes back as it is.
 */
function mailFailure(error: unknown): unknown {
  if (!isMailError(error)) return error;
  const { code, responseCode, permanent, command } = error;
  const facts = { code, ...(responseCode && { responseCode }), ...(command && { command }) };
  if (permanent === false) return unavailable('the mail server', 'asks to come back later', facts);
  if (ourCodes.has(code) || (permanent && command === 'MAIL FROM'))
    return new Failure('Misconfigured', 'the mail server takes no mail from us', { facts });
  if (permanent || mailCodes.has(code)) return refused('MailRefused', 'the mail is not wanted', facts);
  return unavailable('the mail server', 'could not be talked to', facts);
}

function isMailError(error: unknown): error is NodemailerError & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
