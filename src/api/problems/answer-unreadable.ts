import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { traceOf } from '../http/trace.ts';
import { Problem, problems, type ProblemName } from './errors.ts';
import { problemBody } from './problem-body.ts';

const problemsOfParser: Readonly<Record<string, ProblemName>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** Told of every such answer, for log and metrics. */
export type OnUnreadable = (status: number, traceId: string) => void;

/** Answers what cannot be read as HTTP, or does not arrive in time, with a problem as well; then the connection ends. */
export function answerUnreadable(server: Server, onAnswered: OnUnreadable): void {
  const open = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => open.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const begun = open.get(socket);
    const midAnswer = begun !== undefined && begun.headersSent && !begun.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || midAnswer) {
      socket.destroy();
      return;
    }
    const name = problemsOfParser[error.code ?? ''] ?? 'malformed-request';
    const { traceId } = traceOf(undefined);
    socket.end(rawAnswer(name, traceId));
    onAnswered(problems[name].status, traceId);
  });
}

function rawAnswer(name: ProblemName, traceId: string): string {
  const { status } = problems[name];
  const body = JSON.stringify(problemBody(new Problem(name), '', traceId));
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
