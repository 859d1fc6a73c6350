/** A form body with nested keys, as Stripe's clients send it: every leaf is a string. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };
export type Form = { [key: string]: FormValue };

const maxDepth = 10;

/** Reads `a[b][0]=x&a[c]=y` as `{ a: { b: ['x'], c: 'y' } }`. */
export function parseForm(encoded: string): Form {
  const form: Form = Object.create(null);
  for (const [key, value] of new URLSearchParams(encoded)) setPath(form, pathOf(key), value);
  return Object.fromEntries(Object.entries(form).map(([key, value]) => [key, withArrays(value)]));
}

function pathOf(key: string): string[] {
  const bracket = key.indexOf('[');
  if (bracket <= 0) return [key];
  const inner = [...key.slice(bracket).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '');
  return [key.slice(0, bracket), ...inner].slice(0, maxDepth);
}

function setPath(form: Form, path: string[], value: string): void {
  let node = form;
  for (const segment of path.slice(0, -1)) {
    const next = node[segment];
    const inner: Form = typeof next === 'object' && !Array.isArray(next) ? next : Object.create(null);
    node[segment] = inner;
    node = inner;
  }
  const last = path.at(-1) ?? '';
  node[last === '' ? String(Object.keys(node).length) : last] = value;
}

/** Objects whose keys are 0, 1, 2 … are arrays. */
function withArrays(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) {
    return Object.values(value).map(withArrays);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withArrays(inner)]));
}
