import { setHandler } from '@temporalio/workflow';
import { isInTrouble, isShipmentStatus, type ShipmentStatus } from '../../domain/shipment.ts';
import { cancelSignal, resolveSignal, trackingSignal, type Resolution } from './messages.ts';

/** A call for an operator that is to be answered. */
export interface OperatorCall {
  readonly step: string;
  readonly call: string;
}

/** What the world outside has told this run. Every message says that something is committed; none has to be trusted. */
export class Inbox {
  #parcelNews: ShipmentStatus | null = null;
  /** By the call that was answered, or by the step where that is not known. */
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
    setHandler(resolveSignal, ({ step, call, action }) => {
      this.#resolutions.set(call ?? step, action);
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

  /** A decision that does not say which call it answers decides nothing about later ones. */
  forgetResolution(step: string): void {
    this.#resolutions.delete(step);
  }

  isResolved({ call, step }: OperatorCall): boolean {
    return this.#resolutions.has(call) || this.#resolutions.has(step);
  }

  /** The operator's decision, once. */
  takeResolution({ call, step }: OperatorCall): Resolution['action'] | undefined {
    const action = this.#resolutions.get(call) ?? this.#resolutions.get(step);
    this.#resolutions.delete(call);
    this.#resolutions.delete(step);
    return action;
  }
}
