import type { Director } from './director.ts';
import type { EndedOrder, World } from './ended-order.ts';
import { ownProblems } from './own-books.ts';
import { providerProblems } from './provider-books.ts';
import { actions, undos } from './saga-steps.ts';

/** What is wrong with an order that has ended, in words; nothing when it ended right. */
export async function problemsOf(world: World, order: EndedOrder): Promise<string[]> {
  const [provider, own] = await Promise.all([providerProblems(world, order), ownProblems(world, order)]);
  return [...provider, ...own, ...(order.lostItsRun ? [] : overlaps(world.director, order.orderId))];
}

/** Undos that began while an action of the same order was being tried. */
function overlaps(director: Director, orderId: string): string[] {
  const attempts = director.recordsOf(orderId).filter(({ kind }) => kind === 'attempt');
  return attempts
    .filter(({ activity }) => undos.has(activity))
    .flatMap((undo) =>
      attempts
        .filter(({ activity }) => actions.has(activity))
        .filter(({ began, ended }) => began < undo.began && (ended === null || ended > undo.began))
        .map((action) => `${undo.label} began while ${action.label} was under way`),
    );
}
