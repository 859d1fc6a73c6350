interface Edit {
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** One way of breaking the saga, which its harness has to notice. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** The part of the harness that is run, and a pattern for its tests' names. */
  readonly suite: string;
  readonly tests: string;
  /** What the harness complains about. */
  readonly complaint: RegExp;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'an undo registered after its action, and not by the books either',
    edits: [
      { file: 'workflows/order/order.ts', find: '      assumeEntered(begun);\n', put: '' },
      {
        file: 'workflows/saga.ts',
        find: '    if (!this.#entered.includes(step)) this.#entered.push(step);\n    this.#obs',
        put: '    this.#obs',
      },
      {
        file: 'workflows/saga.ts',
        find: 'const result = await step.run();',
        put: 'const result = await step.run();\n        if (!this.#entered.includes(step)) this.#entered.push(step);',
      },
    ],
    suite: 'test/saga/saga.test.ts',
    tests: 'never answers.* is cancelled at authorizePayment',
    complaint: /an imbalance of holds: .*authoriz/,
  },
  {
    name: 'a key that is new with each attempt',
    edits: [
      {
        file: 'domain/ids.ts',
        find: '.${call}.${generation}`',
        put: '.${call}.${generation}.${Math.random()}`',
      },
    ],
    suite: 'test/saga/providers.test.ts',
    tests: 'that acts and breaks the connection.* at payments.create is paid',
    complaint: /Stripe has 2 intents/,
  },
  {
    name: "the SDK's own cancellation type",
    edits: [
      {
        file: 'workflows/activities.ts',
        find: "  startToCloseTimeout: '40s',\n  heartbeatTimeout: '4s',\n  cancellationType: WAIT_CANCELLATION_COMPLETED,\n",
        put: "  startToCloseTimeout: '40s',\n  heartbeatTimeout: '4s',\n",
      },
    ],
    suite: 'test/saga/saga.test.ts',
    tests: 'when the cancel comes (before|after).* authorizePayment acts',
    complaint: /voidPayment began while authorizePayment was under way/,
  },
  {
    name: 'a step without its fence',
    edits: [
      {
        file: 'db/orders/steps.ts',
        find: "set state = 'landed', landed_at = clock_timestamp(), in_flight_until = null\n        where order_id = ${orderId} and step = ${step} and state = 'intended'",
        put: "set state = 'landed', landed_at = clock_timestamp(), undone_at = null\n        where order_id = ${orderId} and step = ${step} and state <> 'landed'",
      },
      {
        file: 'db/orders/steps.ts',
        find: "if (row.state === 'undoing' || row.state === 'undone') {",
        put: 'if (row.state === null) {',
      },
    ],
    suite: 'test/saga/saga.test.ts',
    tests:
      'after it hung (before|after) payments.confirm leaves the order cancelled when it lands after the end',
    complaint: /the step authorize_payment is landed/,
  },
];
