import type { JobType } from './job-type.ts';

/** What is wrong with the types of a release and with what does their work, in words: each type has one name and one handler. */
export function registryProblems(
  types: readonly Pick<JobType, 'name'>[],
  registered: readonly { readonly type: Pick<JobType, 'name'> }[],
): string[] {
  const accepted = types.map(({ name }) => name);
  const handled = registered.map(({ type }) => type.name);
  return [
    ...repeated(accepted).map((name) => `two types are called ${name}`),
    ...repeated(handled).map((name) => `type ${name} has two handlers`),
    ...missing(accepted, handled).map((name) => `type ${name} has no handler`),
    ...missing(handled, accepted).map((name) => `type ${name} has a handler and is not in types.ts`),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, place) => names.indexOf(name) !== place))];
}

function missing(names: readonly string[], from: readonly string[]): string[] {
  return names.filter((name) => !from.includes(name));
}
