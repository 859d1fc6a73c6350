import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';

const { leak } = proxyActivities<{ leak(): Promise<void> }>({ startToCloseTimeout: '5s' });

/** Fails with personal data, of an activity's and of its own. */
export async function leaking(): Promise<void> {
  try {
    await leak();
  } catch (error) {
    throw ApplicationFailure.create({
      message: 'told bob@shop.example',
      ...(error instanceof Error && { cause: error }),
    });
  }
}
