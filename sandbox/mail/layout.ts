import { html, type Html } from './html.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --line: #e4e7ec; --paper: #fff; --page: #f6f7f9; --accent: #3257d6; --warn: #b54708; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3440; --paper: #171c24; --page: #10141a; --accent: #8aa4ff; --warn: #fdb022; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: inherit; text-decoration: none; }
header, main { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; padding-top: 1.75rem; padding-bottom: 1rem; }
h1 { font-size: 1.35rem; margin: 0; } header h1 a:hover { color: var(--accent); }
.soft { color: var(--soft); } .small { font-size: .85rem; }
header form { margin-left: auto; }
input { font: inherit; padding: .4rem .7rem; width: 20rem; max-width: 100%; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); color: inherit; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; margin-bottom: 2rem; }
.row { display: grid; grid-template-columns: 14rem 1fr auto; gap: 1rem; padding: .7rem 1rem; border-top: 1px solid var(--line); }
.row:first-child { border-top: 0; } .row:hover { background: color-mix(in srgb, var(--accent) 7%, transparent); }
.row > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.badge { font-size: .75rem; padding: .1rem .45rem; border-radius: 1rem; border: 1px solid currentColor; color: var(--warn); margin-left: .5rem; }
.empty { padding: 3rem 1rem; text-align: center; color: var(--soft); }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: .25rem 1rem; margin: 0; padding: 1rem; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 26rem; border: 0; background: #fff; display: block; }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
summary { padding: .7rem 1rem; cursor: pointer; font-weight: 600; } details + details { border-top: 1px solid var(--line); }
@media (max-width: 40rem) { .row { grid-template-columns: 1fr auto; } .row .who { grid-column: 1 / -1; } header form { margin-left: 0; width: 100%; } input { width: 100%; } }
`;

/** Fetches the page again and shows what has changed, without losing the reader's place. */
const refresh = `
setInterval(async () => {
  if (document.hidden) return;
  try {
    const next = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    for (const id of ['count', 'list']) {
      const now = document.getElementById(id), then = next.getElementById(id);
      if (now && then && now.innerHTML !== then.innerHTML) now.innerHTML = then.innerHTML;
    }
  } catch {}
}, 1500);
`;

/** A whole page; `live` keeps its list up to date. */
export function page(title: string, header: Html, body: Html, { live }: { live: boolean }): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        <header>${header}</header>
        <main>${body}</main>
        ${live ? { markup: `<script>${refresh}</script>` } : ''}
      </body>
    </html>`.markup;
}
