/** A JSON Pointer in its URI fragment form (RFC 6901, section 6): `#/items/0/sku`; `#` is the whole document. */
export function pointerTo(path: readonly PropertyKey[]): string {
  return ['#', ...path.map(escapeToken)].join('/');
}

function escapeToken(token: PropertyKey): string {
  const escaped = String(token).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
  return encodeURIComponent(escaped);
}
