/** Tables that are exported: what their columns hold, whatever the format. */

/** `amount`: in the smallest unit of the currency that the row's column `currency` names. `time`: RFC 3339 in UTC. */
export type ColumnKind = 'text' | 'whole' | 'amount' | 'time';

export interface Column {
  /** In CSV, as the API names it: `customerEmail`. */
  readonly key: string;
  /** For people, in XLSX and PDF. */
  readonly title: string;
  readonly kind: ColumnKind;
  /** In XLSX, in characters. */
  readonly width: number;
  /** In PDF, in points; null for a column that has no room there. */
  readonly pdfWidth: number | null;
}

export type Cell = string | number | null;
/** One cell for each column. */
export type Row = readonly Cell[];

/** What an export of orders holds; db/orders/export.ts gives its rows in this order. */
export const orderColumns = [
  { key: 'orderId', title: 'Order', kind: 'text', width: 38, pdfWidth: 160 },
  { key: 'createdAt', title: 'Placed', kind: 'time', width: 20, pdfWidth: 76 },
  { key: 'status', title: 'Status', kind: 'text', width: 12, pdfWidth: 52 },
  { key: 'paymentStatus', title: 'Payment', kind: 'text', width: 18, pdfWidth: 76 },
  { key: 'fulfillmentStatus', title: 'Fulfilment', kind: 'text', width: 18, pdfWidth: 70 },
  { key: 'customerId', title: 'Customer id', kind: 'text', width: 38, pdfWidth: null },
  { key: 'customerName', title: 'Customer', kind: 'text', width: 28, pdfWidth: 108 },
  { key: 'customerEmail', title: 'E-mail', kind: 'text', width: 32, pdfWidth: 126 },
  { key: 'country', title: 'Country', kind: 'text', width: 9, pdfWidth: null },
  { key: 'pieces', title: 'Pieces', kind: 'whole', width: 8, pdfWidth: 32 },
  { key: 'total', title: 'Total', kind: 'amount', width: 14, pdfWidth: 70 },
  { key: 'captured', title: 'Captured', kind: 'amount', width: 14, pdfWidth: null },
  { key: 'refunded', title: 'Refunded', kind: 'amount', width: 14, pdfWidth: null },
  { key: 'currency', title: 'Currency', kind: 'text', width: 9, pdfWidth: null },
  { key: 'updatedAt', title: 'Changed', kind: 'time', width: 20, pdfWidth: null },
] as const satisfies readonly Column[];

export const exportFormats = ['csv', 'xlsx', 'pdf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportMediaTypes: Record<ExportFormat, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
};
