import { webhookUrlProblem } from '../domain/webhook-url.ts';
import type { ApiContext } from './api-context.ts';
import type { InputError } from './problems/errors.ts';

/** What is wrong with a URL that webhooks are to go to; nothing where it is none at all, which its schema says. */
export function webhookUrlErrors(
  url: unknown,
  pointer: string,
  { settings }: Pick<ApiContext, 'settings'>,
): InputError[] {
  if (typeof url !== 'string') return [];
  const problem = webhookUrlProblem(url, settings.webhookTargets);
  return problem === null ? [] : [{ pointer, detail: problem }];
}

/** The same of a body's member `url`, for an endpoint's `furtherErrors`. */
export async function furtherUrlErrors(
  body: unknown,
  context: Pick<ApiContext, 'settings'>,
): Promise<InputError[]> {
  const isObject = typeof body === 'object' && body !== null && 'url' in body;
  return isObject ? webhookUrlErrors(body.url, '#/url', context) : [];
}
