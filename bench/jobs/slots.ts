/** What one worker process beside the service has. */
export const slots = {
  /** Jobs that are tried at once, as in one of the service's by default. */
  atOnce: 50,
  /** To Postgres, for handlers: with those of everybody else at once no more than the server takes. */
  connections: 10,
  /** To Postgres, for the library itself. */
  ownConnections: 5,
} as const;
