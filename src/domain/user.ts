/** What is mailed to those who register. */
export const userMailKinds = ['welcome', 'follow_up'] as const;
export type UserMailKind = (typeof userMailKinds)[number];

/** How long after the registration the follow-up is mailed. */
export const followUpAfterMs = 3 * 24 * 60 * 60 * 1_000;
