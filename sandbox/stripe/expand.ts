import { invalidRequest } from './errors.ts';
import type { Form } from './form-body.ts';
import { paymentMethodObject } from './payment-methods.ts';
import type { Store } from './store.ts';

/** The references that can be shown as objects, `expand[]=latest_charge` and the like. */
function lookUp(field: string, id: string, store: Store): object | undefined {
  switch (field) {
    case 'latest_charge':
    case 'charge':
      return store.charges.get(id);
    case 'payment_intent':
      return store.intents.get(id);
    case 'customer':
      return store.customers.get(id);
    case 'payment_method': {
      const card = store.cards.get(id);
      return card && paymentMethodObject(card);
    }
    default:
      return undefined;
  }
}

const expandable = ['latest_charge', 'charge', 'payment_intent', 'customer', 'payment_method'];
const maxDepth = 4;

/** Throws when the call asks for something that can't be shown; before it executes, so that nothing is done in vain. */
export function checkExpand(form: Form): void {
  for (const path of pathsIn(form)) {
    if (path.length > maxDepth) throw invalidRequest('You cannot expand more than 4 levels of a property');
    const unknown = path.find(
      (field, level) => !expandable.includes(field) && !(level === 0 && field === 'data'),
    );
    if (unknown !== undefined) {
      throw invalidRequest(`This property cannot be expanded (${unknown}).`, { param: 'expand' });
    }
  }
}

/** The answer with the references that the call asked for shown as objects. */
export function expanded(answer: object, form: Form, store: Store): object {
  return pathsIn(form).reduce<object>((shown, path) => expandPath(shown, path, store), answer);
}

function pathsIn({ expand }: Form): string[][] {
  if (!Array.isArray(expand)) return [];
  return expand.flatMap((path) => (typeof path === 'string' ? [path.split('.')] : []));
}

function expandPath(node: object, [field = '', ...rest]: string[], store: Store): object {
  const value: unknown = Reflect.get(node, field);
  if (Array.isArray(value)) {
    return { ...node, [field]: value.map((item: object) => expandPath(item, rest, store)) };
  }
  const inner = typeof value === 'string' ? lookUp(field, value, store) : value;
  if (typeof inner !== 'object' || inner === null) return node;
  return { ...node, [field]: rest.length === 0 ? inner : expandPath(inner, rest, store) };
}
