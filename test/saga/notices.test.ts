import { afterAll, describe, expect, test, vi } from 'vitest';
import { historyProblems } from './harness/histories.ts';
import { startStage, type Twist } from './harness/stage.ts';
import { cancelledWhenPaid, completes } from './harness/stories.ts';
import {
  failsThenWorks,
  losesItsReply,
  runsAgainAfterTheEnd,
  runsBesideItself,
  runsTwice,
} from './harness/twists.ts';

vi.setConfig({ testTimeout: 120_000 });

const stage = await startStage();
afterAll(() => stage.close());

/** The mail server wants none of the mails about the order. */
const mailRefused: Twist = ({ id }, { sandboxes }) => {
  sandboxes.mail.faults.add({
    operation: 'mail.send',
    mode: 'refuse',
    match: { orderId: id },
    times: 'always',
  });
  return { unmailed: true };
};

describe.concurrent('a customer whose mail is refused for good', () => {
  test('gets the order all the same', async () => {
    expect(await stage.play(completes, mailRefused)).toEqual([]);
  });

  test('can have it cancelled all the same', async () => {
    expect(await stage.play(cancelledWhenPaid, mailRefused)).toEqual([]);
  });

  test.each([failsThenWorks, losesItsReply, runsTwice, runsBesideItself, runsAgainAfterTheEnd])(
    'is noted once when the attempt %o',
    async (twist) => {
      const note = twist('sendNotice confirmed');
      const both: Twist = (...about) => ({ ...note(...about), ...mailRefused(...about) });
      expect(await stage.play(cancelledWhenPaid, both)).toEqual([]);
    },
  );
});

test('every history replays, and none tells of the customer', async () => {
  expect(await historyProblems(stage)).toEqual([]);
});
