/**
 * Takes personal data and secrets out of free text: failure messages, stack traces, log lines. Ids stay readable, so
 * that the text remains of use.
 */
export function redactText(text: string): string {
  const hidden = patterns.reduce((rest, { find, put }) => rest.replace(find, put), text);
  return hidden.replace(digitRuns, (run) => (isCardNumber(run) ? '[card]' : run));
}

const patterns: readonly { readonly find: RegExp; readonly put: string }[] = [
  // Passwords and keys in URLs: postgres://user:password@host, https://key@host. Before e-mail, which looks alike.
  { find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>]{1,500}@/gi, put: '$1[secret]@' },
  // By what cannot stand in an address: classes of letters would weigh 40 kB in the workflow bundle.
  {
    find: /[^\s@<>()[\]{},;:="'`\\/|]{1,64}@[^\s@<>()[\]{},;:="'`\\/|.]{1,63}(?:\.[^\s@<>()[\]{},;:="'`\\/|.]{1,63})+/g,
    put: '[email]',
  },
  // Stripe: secret, restricted and publishable keys, webhook secrets, and a PaymentIntent's client secret.
  { find: /\b(?:sk|rk|pk)_(?:test|live)_\w+/g, put: '[key]' },
  { find: /\bsk_\w{8,}/g, put: '[key]' },
  { find: /\bwhsec_[\w+/=-]+/g, put: '[secret]' },
  { find: /\b((?:pi|seti)_[A-Za-z0-9]+)_secret_\w+/g, put: '$1_secret_[secret]' },
  // EasyPost: production and test keys.
  { find: /\bEZ[AT]K[A-Za-z0-9]{16,}/g, put: '[key]' },
  { find: /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, put: '$1 [secret]' },
  { find: /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, put: '[token]' },
];

/** Thirteen to nineteen digits, perhaps in groups, that stand alone and begin as a card's number does (ISO/IEC 7812). */
const digitRuns = /(?<![\w.-])[2-6](?:[ -]?\d){12,18}(?![\w-])/g;

/** The check digit of ISO/IEC 7812 (Luhn). */
function isCardNumber(run: string): boolean {
  const digits = run.replace(/\D/g, '').split('').toReversed();
  const sum = digits.reduce((total, char, place) => {
    const digit = Number(char) * (place % 2 === 0 ? 1 : 2);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}
