import type { Intent } from './objects.ts';

/** The page where a customer completes 3-D Secure, or fails to. */
export function authenticationPage({ id, amount, currency, status }: Intent): string {
  const price = `${(amount / 100).toFixed(2)} ${currency.toUpperCase()}`;
  const buttons = `<form method="post"><button name="outcome" value="succeed">Complete</button>
<button name="outcome" value="fail">Fail</button></form>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>3-D Secure</title><style>${style}</style>
<h1>Is it you?</h1><p>The shop asks for <strong>${price}</strong> (${id}, ${status}).</p>
${status === 'requires_action' ? buttons : ''}</html>`;
}

const style = `body { font: 16px system-ui; max-width: 26rem; margin: 12vh auto; padding: 0 1rem }
button { font: inherit; padding: .6rem 1rem; margin-right: .5rem }`;
