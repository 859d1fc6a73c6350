import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';

const { authorizePayment } = proxyActivities<{ authorizePayment: () => Promise<void> }>({
  startToCloseTimeout: '1 minute',
});

/** Waits for an activity that never succeeds. */
export async function waits(): Promise<void> {
  setCurrentDetails('- ✅ Reserve stock');
  await authorizePayment();
}
