import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isDispatched,
  isInTrouble,
  isProgress,
  shipmentStatuses,
  type ShipmentStatus,
} from '../../src/domain/shipment.ts';

/** What is known of a parcel after the news, in whatever order they came. */
function follow(news: readonly ShipmentStatus[]): ShipmentStatus[] {
  let known: ShipmentStatus = 'label_bought';
  return [
    known,
    ...news.map((status) => {
      if (isProgress(known, status)) known = status;
      return known;
    }),
  ];
}

const newsOfAnyKind = fc.array(fc.constantFrom(...shipmentStatuses), { maxLength: 30 });
const wayOfAParcel = ['pre_transit', 'in_transit', 'out_for_delivery', 'delivered'] as const;

describe('the way of a parcel', () => {
  test('is followed from its label to its door', () => {
    expect(follow(wayOfAParcel)).toEqual(['label_bought', ...wayOfAParcel]);
  });

  test('ends at the door however its news are shuffled and repeated', () => {
    const shuffled = fc.shuffledSubarray([...wayOfAParcel, ...wayOfAParcel], { minLength: 8 });
    fc.assert(
      fc.property(shuffled, (news) => {
        expect(follow(news).at(-1)).toBe('delivered');
      }),
    );
  });

  test('never leads back from the carrier', () => {
    fc.assert(
      fc.property(newsOfAnyKind, (news) => {
        const dispatched = follow(news).map(isDispatched);
        expect(dispatched.lastIndexOf(false)).toBeLessThan(
          dispatched.includes(true) ? dispatched.indexOf(true) : dispatched.length,
        );
      }),
    );
  });

  test('never goes on after delivery', () => {
    fc.assert(
      fc.property(newsOfAnyKind, (news) => {
        const known = follow(news);
        const arrived = known.indexOf('delivered');
        expect(arrived === -1 ? [] : known.slice(arrived + 1).filter((one) => one !== 'delivered')).toEqual(
          [],
        );
      }),
    );
  });

  test('has no news in a tracker that knows nothing yet', () => {
    for (const status of shipmentStatuses) expect(isProgress(status, 'unknown')).toBe(false);
  });

  test('has no news in what is known', () => {
    for (const status of shipmentStatuses) expect(isProgress(status, status)).toBe(false);
  });

  test('shows a parcel in trouble wherever it was short of the door', () => {
    const onTheWay = shipmentStatuses.filter((status) => status !== 'delivered');
    for (const trouble of shipmentStatuses.filter(isInTrouble)) {
      const missed = onTheWay.filter((status) => status !== trouble && !isProgress(status, trouble));
      expect(missed, `news of ${trouble}`).toEqual([]);
    }
  });

  test('is in trouble once, however late the news from before come', () => {
    const before = fc.shuffledSubarray(wayOfAParcel.slice(0, -1));
    fc.assert(
      fc.property(before, (late) => {
        expect(follow(['failure', ...late]).at(-1)).toBe('failure');
      }),
    );
  });

  test('shows a parcel that arrives after all', () => {
    for (const status of shipmentStatuses.filter((one) => one !== 'delivered'))
      expect(isProgress(status, 'delivered'), `after ${status}`).toBe(true);
  });
});
