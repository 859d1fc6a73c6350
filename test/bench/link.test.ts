import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLink, type Link } from '../../bench/shop/link.ts';

let echo: Server;
let link: Link;
let clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  const address = echo.address();
  link = await openLink(`127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  await link.close();
  echo.close();
});

test('what is sent arrives, and so does the answer', async () => {
  const client = await open();
  expect(await ask(client, 'hello')).toBe('hello');
});

test('a reset ends every connection with an error, and new ones work', async () => {
  const client = await open();
  await ask(client, 'hello');
  const failed = once(client, 'error');
  expect(link.reset()).toBe(1);
  expect(String(await failed)).toContain('ECONNRESET');
  expect(await ask(await open(), 'again')).toBe('again');
});

test('in silence nothing arrives and nobody is told, and in the end nothing is lost', async () => {
  const client = await open();
  await ask(client, 'hello');
  link.silence();
  const late = await open();
  const heard: string[] = [];
  for (const socket of [client, late]) socket.on('data', (data) => heard.push(String(data)));
  const answers = [once(client, 'data'), once(late, 'data')];
  client.write('one');
  late.write('two');
  // Long enough for an answer that is not held back.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard).toEqual([]);
  expect([client.destroyed, late.destroyed]).toEqual([false, false]);
  link.mend();
  await Promise.all(answers);
  expect(heard.toSorted()).toEqual(['one', 'two']);
});

test.each([
  ['before', []],
  ['after', ['the word']],
] as const)('a trap stops a connection %s the server has heard the word', async (when, arrived) => {
  const heard: string[] = [];
  echo.on('connection', (socket) => socket.on('data', (data) => heard.push(String(data))));
  const [client, other] = [await open(), await open()];
  const sprung = link.trap(['a', 'word'], when);
  expect(await ask(other, 'hello')).toBe('hello');
  expect(await ask(client, 'a')).toBe('a');
  const answers: string[] = [];
  client.on('data', (data) => answers.push(String(data)));
  client.write('the word');
  await sprung;
  client.write('more');
  expect(await ask(other, 'again')).toBe('again');
  expect(answers).toEqual([]);
  expect(heard.filter((text) => text.includes('word') || text === 'more')).toEqual(arrived);
});

async function open(): Promise<Socket> {
  const [host = '', port = ''] = link.address.split(':');
  const client = connect(Number(port), host);
  clients.push(client);
  await once(client, 'connect');
  client.on('error', () => undefined);
  return client;
}

async function ask(client: Socket, question: string): Promise<string> {
  const answer = once(client, 'data');
  client.write(question);
  return String((await answer)[0]);
}
