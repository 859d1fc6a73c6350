import PdfDocument from 'pdfkit';
import { gather, type Gathered } from '../gather.ts';

export interface Page {
  readonly layout: 'portrait' | 'landscape';
  /** On all sides, in points. */
  readonly margin: number;
}

/** A document that is the same to the last byte whenever it is made again from the same. */
export function newDocument(
  title: string,
  madeAt: string,
  { layout, margin }: Page,
): { readonly document: PDFKit.PDFDocument; readonly gathered: Gathered } {
  const at = new Date(madeAt);
  const document = new PdfDocument({
    size: 'A4',
    layout,
    margin,
    autoFirstPage: false,
    lang: 'en',
    displayTitle: true,
    info: { Title: title, Creator: 'order-saga', Producer: 'pdfkit', CreationDate: at, ModDate: at },
  });
  return { document, gathered: gather(document) };
}

/** Begins a page. What the library would keep of the one before is let go: it is written, and there may be tens of thousands. */
export function nextPage(document: PDFKit.PDFDocument): void {
  const { page: before } = document;
  document.addPage();
  if (before) Object.assign(before.dictionary, { data: {} });
}
