/** Where everything listens unless told otherwise, or taken. All of it is on loopback. */
export const defaultPorts = {
  api: 3000,
  postgres: 5433,
  temporal: 7233,
  temporalHttp: 7243,
  temporalFrontendMembership: 6933,
  temporalHistory: 7234,
  temporalHistoryMembership: 6934,
  temporalMatching: 7235,
  temporalMatchingMembership: 6935,
  temporalWorker: 7239,
  temporalWorkerMembership: 6939,
  temporalUi: 8233,
  stripe: 4010,
  easypost: 4020,
  smtp: 1025,
  inbox: 8025,
  workerMetrics1: 9464,
  workerMetrics2: 9465,
};

export type Ports = typeof defaultPorts;
export type PortName = keyof Ports;

/** The variable that asks for each port that people may care about. */
export const portVariables: Partial<Record<PortName, string>> = {
  api: 'PORT',
  postgres: 'POSTGRES_PORT',
  temporal: 'TEMPORAL_PORT',
  temporalUi: 'TEMPORAL_UI_PORT',
  stripe: 'STRIPE_SANDBOX_PORT',
  easypost: 'EASYPOST_SANDBOX_PORT',
  smtp: 'MAIL_SMTP_PORT',
  inbox: 'MAIL_INBOX_PORT',
};

export const portNames = [
  ...([
    'api',
    'postgres',
    'temporal',
    'temporalHttp',
    'temporalFrontendMembership',
    'temporalHistory',
  ] as const),
  ...([
    'temporalHistoryMembership',
    'temporalMatching',
    'temporalMatchingMembership',
    'temporalWorker',
  ] as const),
  ...(['temporalWorkerMembership', 'temporalUi', 'stripe', 'easypost', 'smtp', 'inbox'] as const),
  ...(['workerMetrics1', 'workerMetrics2'] as const),
] satisfies PortName[];
