/** As one worker process of the service has them by default. */
export const slots = {
  /** Jobs that are tried at once. */
  atOnce: 50,
  /** To Postgres. */
  connections: 20,
} as const;
