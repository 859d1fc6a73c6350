import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { callModes, type Fault, type Faults } from '../shared/faults.ts';
import { waited } from '../shared/wire.ts';
import { summarize } from './message.ts';
import type { MailStore } from './store.ts';

export interface SmtpOptions {
  store: MailStore;
  faults: Faults;
  stopped: AbortSignal;
}

/** An error whose code is the SMTP reply. */
class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

const maxMessageBytes = 10 * 1024 * 1024;
/** How long a client may take to finish when the server stops. */
const closeTimeoutMs = 1_000;

/** The SMTP side: takes any login and any recipient, keeps the message, then answers 250. */
export function createSmtpServer({ store, faults, stopped }: SmtpOptions): SMTPServer {
  const sockets = new Map<number, Socket>();
  const breakConnection = (session: SMTPServerSession) => sockets.get(session.remotePort)?.destroy();

  /** Does what a fault asks for before the step; false when the step must not happen and nobody is to be answered. */
  async function passes(fault: Fault | undefined, session: SMTPServerSession): Promise<boolean> {
    switch (fault?.mode) {
      case 'refuse':
        throw new SmtpRefusal(fault.error.status ?? 550, fault.error.message ?? '5.7.1 Refused on request');
      case 'error500':
      case 'rate_limit':
        throw new SmtpRefusal(451, '4.3.0 Temporary failure on request, try again later');
      case 'hang':
        return false;
      case 'drop_request':
        breakConnection(session);
        return false;
      case 'late_land':
        if (!fault.hang) breakConnection(session);
        return waited(fault.delayMs, stopped);
      case 'delay':
        return waited(fault.delayMs, stopped);
      default:
        return true;
    }
  }

  async function receive(source: Buffer, session: SMTPServerSession): Promise<string | null> {
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const summary = await summarize(source, recipients);
    const { messageId, orderId } = summary;
    const subject = {
      operation: 'mail.send',
      id: messageId,
      key: messageId,
      orderId,
      to: recipients[0] ?? null,
    };
    const fault = faults.take(subject, callModes);
    if (!(await passes(fault, session))) return null;
    const message = store.receive(summary, source.toString('latin1'));
    switch (fault?.mode) {
      case 'drop_reply':
        breakConnection(session);
        return null;
      case 'late_land':
        return null;
      case 'error500_after':
        throw new SmtpRefusal(451, '4.3.0 Temporary failure on request, after the message was kept');
      case 'delay_reply':
        await waited(fault.delayMs, stopped);
        break;
      default:
    }
    store.acknowledge(message.number);
    return `2.0.0 Ok: queued as ${message.number}`;
  }

  const server = new SMTPServer({
    authOptional: true,
    banner: 'order-saga mail sandbox',
    closeTimeout: closeTimeoutMs,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    size: maxMessageBytes,
    onAuth: ({ username }, _session, callback) => callback(null, { user: username ?? 'anyone' }),
    onConnect(session, callback) {
      const fault = faults.take({ operation: 'mail.connect' }, callModes);
      void settle(passes(fault, session), (passed) => passed && callback(), callback);
    },
    onRcptTo({ address }, session, callback) {
      const fault = faults.take({ operation: 'mail.rcpt', to: address }, callModes);
      void settle(passes(fault, session), (passed) => passed && callback(), callback);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(new SmtpRefusal(552, '5.3.4 Message too big'));
        void settle(
          receive(Buffer.concat(chunks), session),
          (reply) => reply !== null && callback(null, reply),
          callback,
        );
      });
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  server.on('error', () => undefined); // A broken connection concerns its client only.
  return server;
}

/** Hands the outcome of a step to the server's callback. */
async function settle<T>(
  work: Promise<T>,
  done: (value: T) => unknown,
  failed: (error: Error) => void,
): Promise<void> {
  try {
    done(await work);
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
  }
}
