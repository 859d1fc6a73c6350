import { cancel } from './cancel-intent.ts';
import { capture } from './capture-intent.ts';
import { confirm } from './confirm-intent.ts';
import { createIntent } from './create-intent.ts';
import { customerOperations } from './customers.ts';
import type { Operation } from './operation.ts';
import { readOperations } from './reads.ts';
import { refundOperations } from './refunds.ts';

/** Every endpoint that is imitated. */
export const operations: readonly Operation[] = [
  createIntent,
  confirm,
  capture,
  cancel,
  ...readOperations,
  ...refundOperations,
  ...customerOperations,
];
