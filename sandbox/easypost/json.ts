/**
 * JSON as EasyPost writes it: a weight is always a decimal number. The official client's webhook check relies on that:
 * it puts the `.0` back before it computes the signature.
 */
export function toJson(value: object): string {
  return JSON.stringify(value).replace(/"weight":(-?\d+)(?=[,}])/g, '"weight":$1.0');
}
