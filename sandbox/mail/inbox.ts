import { Router } from 'express';
import { text } from '../shared/control-routes.ts';
import { contentOf } from './message.ts';
import { listPage, messagePage } from './pages.ts';
import type { MailStore, Message } from './store.ts';

const maxListed = 200;

/** The pages for people, and `/sandbox/messages` for programs. */
export function inboxRoutes(store: MailStore): Router {
  const routes = Router();
  routes.get('/', ({ query }, response) => {
    const search = text(query.q) ?? '';
    const all = store.list();
    const found = search === '' ? all : all.filter((message) => mentions(message, search.toLowerCase()));
    response.type('html').send(listPage(found.slice(0, maxListed), all.length, search));
  });
  routes.get('/messages/:number', async ({ params }, response) => {
    const message = store.get(Number(params.number));
    if (message) response.type('html').send(messagePage(message, await content(message)));
    else response.status(404).type('html').send('<p>No such message.</p>');
  });
  routes.get('/sandbox/messages', ({ query }, response) => {
    const limit = Number(text(query.limit) ?? maxListed);
    const filter = {
      to: text(query.to),
      orderId: text(query.orderId),
      messageId: text(query.messageId),
      limit,
    };
    response.json({ messages: store.list(filter) });
  });
  routes.get('/sandbox/messages/:number', async ({ params }, response) => {
    const message = store.get(Number(params.number));
    if (message)
      response.json({
        ...message,
        content: await content(message),
        source: store.source(message.number) ?? null,
      });
    else response.status(404).json({ error: 'No such message.' });
  });

  async function content({ number }: Message) {
    const source = store.source(number);
    return source === undefined ? null : contentOf(Buffer.from(source, 'latin1'));
  }

  return routes;
}

function mentions({ to, subject, orderId, messageId }: Message, search: string): boolean {
  return [...to, subject, orderId ?? '', messageId].some((field) => field.toLowerCase().includes(search));
}
