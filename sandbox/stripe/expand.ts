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

const maxDepth = 4;

/** The answer with the references that the call asked for shown as objects. */
export function expanded(answer: object, form: Form, store: Store): object {
  if (!Array.isArray(form.expand)) return answer;
  return form.expand.reduce<object>(
    (shown, path) => (typeof path === 'string' ? expandPath(shown, path.split('.'), store) : shown),
    answer,
  );
}

function expandPath(node: object, [field = '', ...rest]: string[], store: Store): object {
  if (rest.length >= maxDepth) throw invalidRequest('You cannot expand more than 4 levels of a property');
  const value: unknown = Reflect.get(node, field);
  if (Array.isArray(value))
    return { ...node, [field]: value.map((item: object) => expandPath(item, rest, store)) };
  if (value === null) return node;
  const inner = typeof value === 'string' ? lookUp(field, value, store) : value;
  if (typeof inner !== 'object' || inner === null) {
    throw invalidRequest(`This property cannot be expanded (${field}).`, { param: 'expand' });
  }
  return { ...node, [field]: rest.length === 0 ? inner : expandPath(inner, rest, store) };
}
