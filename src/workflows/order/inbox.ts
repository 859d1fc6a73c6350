import { setHandler } from '@temporalio/workflow';
import { isInTrouble, isShipmentStatus, type ShipmentStatus } from '../../domain/shipment.ts';
import { cancelSignal, resolveSignal, trackingSignal, type Resolution } from './messages.ts';

/** What the world outside has told this run. Every message says that something is committed; none has to be trusted. */
export class Inbox {
  #parcelNews: ShipmentStatus | null = null;
  readonly #resolutions = new Map<string, Resolution['action']>();

  /** Takes messages from now on; `onCancel` and `onTracking` are called as they come. */
  open({
    onCancel,
    onTracking,
  }: {
    onCancel: () => void;
    onTracking: (status: ShipmentStatus) => void;
  }): void {
    setHandler(cancelSignal, onCancel);
    setHandler(resolveSignal, ({ step, action }) => {
      this.#resolutions.set(step, action);
    });
    setHandler(trackingSignal, ({ status }) => {
      if (!isShipmentStatus(status)) return;
      this.noteParcel(status);
      onTracking(status);
    });
  }

  /** Takes in where the parcel is, from a signal or from what stands in Postgres. */
  noteParcel(status: ShipmentStatus): void {
    if (status === 'delivered' || isInTrouble(status)) this.#parcelNews = status;
  }

  /** The parcel has arrived, or will not without somebody's help. */
  get hasParcelNews(): boolean {
    return this.#parcelNews !== null;
  }

  takeParcelNews(): ShipmentStatus | null {
    const news = this.#parcelNews;
    this.#parcelNews = null;
    return news;
  }

  isResolved(step: string): boolean {
    return this.#resolutions.has(step);
  }

  /** The operator's decision about the step, once. */
  takeResolution(step: string): Resolution['action'] | undefined {
    const action = this.#resolutions.get(step);
    this.#resolutions.delete(step);
    return action;
  }
}
