import type { Effect } from '../../sandbox/shared/effects.ts';
import type { Fault, FaultRequest } from '../../sandbox/shared/faults.ts';
import type { OrderBalance } from '../../sandbox/stripe/balances.ts';
import type { OrderLabels } from '../../sandbox/easypost/summary.ts';
import type { Message } from '../../sandbox/mail/store.ts';
import { createHttpClient } from './http-client.ts';
import { succeeded } from './storefront.ts';

/** A stand-in's control side: its books, and its faults. */
export interface Control {
  ledger(orderId?: string): Promise<Effect[]>;
  inject(fault: FaultRequest): Promise<Fault>;
  faults(): Promise<Fault[]>;
  clearFaults(): Promise<void>;
  close(): void;
}

export interface StripeControl extends Control {
  balances(): Promise<OrderBalance[]>;
  pendingWebhooks(): Promise<number>;
}

export interface CarrierControl extends Control {
  labels(): Promise<OrderLabels[]>;
  pendingWebhooks(): Promise<number>;
  /** Milliseconds between two scans of a parcel; 0 holds every parcel where it is. */
  setStepMs(stepMs: number): Promise<void>;
  /** Moves one parcel by hand. */
  advance(trackingCode: string, status: 'in_transit' | 'delivered'): Promise<void>;
}

export interface MailControl extends Control {
  /** Newest first. */
  messages(orderId?: string): Promise<Message[]>;
}

export function stripeControl(url: string): StripeControl {
  const { get, ...control } = connect(url);
  return {
    ...control,
    balances: async () => (await get<{ balances: OrderBalance[] }>('/sandbox/balances')).balances,
    pendingWebhooks: async () => (await get<{ pendingWebhooks: number }>('/sandbox/summary')).pendingWebhooks,
  };
}

export function carrierControl(apiUrl: string): CarrierControl {
  const { get, put, post, ...control } = connect(new URL(apiUrl).origin);
  return {
    ...control,
    labels: async () => (await get<{ labels: OrderLabels[] }>('/sandbox/labels')).labels,
    pendingWebhooks: async () => (await get<{ pendingWebhooks: number }>('/sandbox/summary')).pendingWebhooks,
    setStepMs: (stepMs) => put('/sandbox/carrier', { stepMs }),
    advance: (trackingCode, status) => post(`/sandbox/trackers/${trackingCode}/advance`, { status }),
  };
}

/** More than any scenario sends. */
const allMessages = 1_000_000;

export function mailControl(url: string): MailControl {
  const { get, ...control } = connect(url);
  return {
    ...control,
    async messages(orderId) {
      const filter = orderId === undefined ? '' : `&orderId=${orderId}`;
      const path = `/sandbox/messages?limit=${allMessages}${filter}`;
      return (await get<{ messages: Message[] }>(path)).messages;
    },
  };
}

function connect(url: string) {
  const http = createHttpClient(url);
  const get = async <Body>(path: string) => succeeded(await http.call<Body>('GET', path)).body;
  return {
    get,
    put: async (path: string, json: unknown) => void succeeded(await http.call('PUT', path, { json })),
    post: async (path: string, json: unknown) => void succeeded(await http.call('POST', path, { json })),
    async ledger(orderId?: string) {
      const filter = orderId === undefined ? '' : `?orderId=${orderId}`;
      return (await get<{ effects: Effect[] }>(`/sandbox/ledger${filter}`)).effects;
    },
    async inject(fault: FaultRequest) {
      return succeeded(await http.call<Fault>('POST', '/sandbox/faults', { json: fault })).body;
    },
    faults: async () => (await get<{ faults: Fault[] }>('/sandbox/faults')).faults,
    clearFaults: async () => void succeeded(await http.call('DELETE', '/sandbox/faults')),
    close: () => http.close(),
  };
}
