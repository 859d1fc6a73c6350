import { html, type Html } from './html.ts';
import { page } from './layout.ts';
import type { Content } from './message.ts';
import type { Message } from './store.ts';

/** The list of messages, newest first. */
export function listPage(messages: readonly Message[], total: number, search: string): string {
  const header = html`<h1><a href="/">Mail inbox</a></h1>
    <span class="soft" id="count">${counted(messages.length, total, search)}</span>
    <form action="/">
      <input name="q" value="${search}" placeholder="Recipient, order id or subject" />
    </form>`;
  const list =
    messages.length === 0 ? html`<div class="empty">${emptyText(search)}</div>` : messages.map(row);
  return page('Mail inbox', header, html`<div class="card" id="list">${list}</div>`, { live: true });
}

function counted(shown: number, total: number, search: string): string {
  const all = total === 1 ? '1 message' : `${total} messages`;
  return search === '' && shown === total ? all : `${shown} of ${all}`;
}

const emptyText = (search: string) =>
  search === '' ? 'No mail yet. Place an order, and it appears here.' : 'Nothing matches.';

function row(message: Message): Html {
  return html`<a class="row" href="/messages/${message.number}">
    <span class="who">${message.to.join(', ')}</span>
    <span>${message.subject || '(no subject)'}${badges(message)}</span>
    <time class="soft small" datetime="${message.receivedAt}">${clock(message.receivedAt)}</time>
  </a>`;
}

function badges({ reception, acknowledged }: Message): Html[] {
  return [
    ...(reception > 1 ? [html`<span class="badge">repeat ${reception - 1}</span>`] : []),
    ...(acknowledged ? [] : [html`<span class="badge">reply lost</span>`]),
  ];
}

/** One message: how it came, how it looks, what it says as text, and its headers. */
export function messagePage(message: Message, content: Content | null): string {
  const header = html`<h1><a href="/">← Mail inbox</a></h1>`;
  const body = html`<div class="card">
    <dl>
      <dt>Subject</dt>
      <dd><strong>${message.subject || '(no subject)'}</strong>${badges(message)}</dd>
      <dt>To</dt>
      <dd>${message.to.join(', ')}</dd>
      <dt>From</dt>
      <dd>${message.from}</dd>
      <dt>Received</dt>
      <dd>${message.receivedAt}</dd>
      <dt>Order</dt>
      <dd>
        ${message.orderId === null ? '–' : html`<a href="/?q=${message.orderId}"><u>${message.orderId}</u></a>`}
      </dd>
      <dt>Message-ID</dt>
      <dd>${message.messageId}</dd>
    </dl>
    ${content === null ? html`<div class="empty">Its source stands in the ledger file only.</div>` : parts(content)}
  </div>`;
  return page(message.subject || 'Message', header, body, { live: false });
}

function parts({ html: markup, text, headers, attachments }: Content): Html {
  return html`${markup === null ? '' : html`<iframe sandbox="" srcdoc="${markup}" title="The message"></iframe>`}
    <details ${markup === null ? { markup: 'open' } : ''}>
      <summary>Text</summary>
      <pre>${text}</pre>
    </details>
    <details>
      <summary>Headers</summary>
      <pre>${headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</pre>
    </details>
    ${
      attachments.length === 0
        ? ''
        : html`<details open>
            <summary>Attachments</summary>
            <pre>
${attachments.map((file) => `${file.filename} (${file.contentType}, ${file.size} bytes)`).join('\n')}</pre>
          </details>`
    }`;
}

const clock = (at: string): string => `${at.slice(0, 19).replace('T', ' ')} UTC`;
