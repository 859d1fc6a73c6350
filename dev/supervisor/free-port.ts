import { once } from 'node:events';
import { createServer } from 'node:net';
import { errorCode } from './errors.ts';

/** Whether nobody listens on the port, on either loopback address: "localhost" may lead to both. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '::1'));
}

/** A machine without the address has nobody listening on it. */
async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (error) {
    return !['EADDRINUSE', 'EACCES'].includes(errorCode(error) ?? '');
  } finally {
    server.close();
  }
}
