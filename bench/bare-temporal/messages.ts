/** The same number of steps that an order takes until it is completed. */
export const bareSteps = ['reserve', 'authorize', 'confirm', 'label', 'capture', 'complete'] as const;
export type BareStep = (typeof bareSteps)[number];

export const bareTaskQueue = 'bare';

/** Every step a regular activity, or every step a local one. */
export const bareKinds = ['regular', 'local'] as const;
export type BareKind = (typeof bareKinds)[number];

export const bareWorkflowTypes = { regular: 'bareRegular', local: 'bareLocal' } as const satisfies Record<
  BareKind,
  string
>;
