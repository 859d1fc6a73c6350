/** Why a payload of a history cannot be read here; these names are what the failures are told by. */
export const undecodableKinds = ['PayloadKeyMissing', 'PayloadNotGenuine'] as const;

export type UndecodableKind = (typeof undecodableKinds)[number];

/** True for the name of such an error, or the type of the failure that tells it. */
export function isUndecodableKind(name: string | null | undefined): name is UndecodableKind {
  return undecodableKinds.some((kind) => kind === name);
}
