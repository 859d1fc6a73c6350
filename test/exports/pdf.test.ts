import { extractText, getDocumentProxy } from 'unpdf';
import { describe, expect, it } from 'vitest';
import type { Invoice } from '../../src/domain/invoice.ts';
import type { Row } from '../../src/domain/table.ts';
import { writeInvoice } from '../../src/exports/pdf/invoice.ts';
import { runsOf } from '../../src/exports/pdf/runs.ts';
import { writeSummary, type SummaryPage } from '../../src/exports/pdf/summary.ts';
import { createPdfTableWriter } from '../../src/exports/pdf/table.ts';
import { glyphsOf } from './glyphs.ts';
import { rowsOf, tableOf } from './sample.ts';

async function writeTable(rows: readonly Row[]): Promise<Uint8Array> {
  const writer = createPdfTableWriter(tableOf('pdf'));
  return Buffer.concat([await writer.begin(), await writer.write(rows), await writer.end()]);
}

async function pagesOf(pdf: Uint8Array): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
  return text;
}

describe('a table', () => {
  it('has a title, what was chosen, and the head on every page', async () => {
    const pages = await pagesOf(
      await writeTable(rowsOf(Array.from({ length: 120 }, (_, index) => `Name ${index}`))),
    );
    expect(pages.length).toBe(3);
    expect(pages[0]).toContain('status: completed');
    for (const [index, page] of pages.entries()) {
      expect(page).toContain('Customer');
      expect(page).toContain(`Orders, page ${index + 1}`);
    }
    expect(pages.join(' ').match(/Name \d+/g)).toHaveLength(120);
    expect(pages[0]).toContain('45.99 EUR');
  });

  it.each(['Zoë Ångström', 'Łukasz Żółć', 'Ζωή', 'Жанна', 'Նարե', 'ნინო', '李雷', '山田太郎', 'Tiến'])(
    'writes %s',
    async (name) => {
      expect((await pagesOf(await writeTable(rowsOf([name])))).join(' ')).toContain(name);
    },
  );

  it.each([
    ['李雷山', /^NotoSansSC/, 3],
    ['花ひカ', /^NotoSansSC/, 3],
    ['김민준', /^NotoSansKR/, 3],
    ['สมช', /^NotoSansThai/, 3],
    ['भरत', /^NotoSansDevanagari/, 3],
    ['🎉🦄', /^NotoEmoji/, 2],
    ['أحمد', /^DejaVuSans$/, 3],
  ])('draws %s with glyphs that can be seen', async (name, font, count) => {
    const drawn = (await glyphsOf(await writeTable(rowsOf([name])))).filter((glyph) => font.test(glyph.font));
    expect(drawn.length).toBeGreaterThanOrEqual(count);
    for (const { outline } of drawn) expect(outline).toBeGreaterThan(10);
  });

  it('writes what no font has as boxes, and takes what steers a terminal for spaces', async () => {
    expect((await pagesOf(await writeTable(rowsOf(['a\tb\nc\u0001d'])))).join(' ')).toContain('a b c d');
    expect(await pagesOf(await writeTable(rowsOf(['\u{1F000}\u0B95'])))).toHaveLength(1);
  });

  it('is the same to the last byte when it is made again from the same', async () => {
    const rows = rowsOf(['Ada', '李雷']);
    expect(await writeTable(rows)).toEqual(await writeTable(rows));
  });

  it('ends what is too long for its column with an ellipsis', async () => {
    const [page = ''] = await pagesOf(await writeTable(rowsOf(['W'.repeat(200)])));
    expect(page).toMatch(/W{5,20}…/);
    expect(page).not.toMatch(/W{50}/);
  });
});

const sales = (currency: string) => ({
  currency,
  sentence: `2 orders, 22.00 ${currency}`,
  bars: [
    { name: '00', amountMinor: 2_200 },
    { name: '01', amountMinor: -700 },
  ],
});

describe('a summary', () => {
  const page: SummaryPage = {
    heading: 'Summary 2026-06-10 (Europe/Berlin)',
    madeAt: '2026-06-11T00:00:00.000Z',
    orders: '2 orders came in.',
    sales: [sales('EUR')],
    bestSellers: ['李雷山 (MUG): 2 × · 22.00 EUR'],
    missing: '1 change of sales had not been written.',
  };

  it('says what was sold, in any script, with a chart and its scale', async () => {
    const pdf = await writeSummary(page);
    const [text = ''] = await pagesOf(pdf);
    for (const said of [page.heading, page.orders, page.bestSellers[0], page.missing, '2 orders, 22.00 EUR'])
      expect(text).toContain(said);
    expect(text).toMatch(/22\.00 EUR\s+00\s+01/);
    const seen = (await glyphsOf(pdf)).filter(({ font }) => font.startsWith('NotoSansSC'));
    expect(seen.map(({ outline }) => outline > 10)).toEqual([true, true, true]);
  });

  it('goes on on the next page where there are many currencies and best sellers', async () => {
    const currencies = ['EUR', 'USD', 'GBP', 'CHF'];
    const bestSellers = Array.from({ length: 60 }, (_, index) => `Mug ${index} (MUG-${index})`);
    const pages = await pagesOf(await writeSummary({ ...page, sales: currencies.map(sales), bestSellers }));
    expect(pages.length).toBe(3);
    expect(pages.join(' ').match(/\(MUG-\d+\)/g)).toHaveLength(60);
    expect(pages.at(-1)).toContain(page.missing);
  });

  it('says so where nothing was sold', async () => {
    expect(await pagesOf(await writeSummary({ ...page, sales: [], bestSellers: [], missing: null }))).toEqual(
      [expect.stringContaining('Nothing was sold.')],
    );
  });

  it('is the same to the last byte when it is made again from the same', async () => {
    expect(await writeSummary(page)).toEqual(await writeSummary(page));
  });
});

const latin = (codePoint: number) => (codePoint < 0x3000 ? 'base' : 'other');

describe('a line', () => {
  it('is cut where the font changes, and nowhere else', () => {
    expect(runsOf('Li 李雷 x', latin)).toMatchObject([
      { text: 'Li ', font: 'base' },
      { text: '李雷', font: 'other' },
      { text: ' x', font: 'base' },
    ]);
    expect(runsOf('e\u0301\u0323x', latin)).toHaveLength(1);
  });

  it('runs from the right where its script does, numbers in it from the left', () => {
    const texts = runsOf('Ada אבג 12 דה z', latin).map(({ text }) => text);
    // As they stand on the page, each as it is read.
    expect(texts).toEqual(['Ada ', ' דה', '12', 'אבג ', ' z']);
  });

  it('keeps a letter beyond the first plane whole', () => {
    expect(runsOf('a😀b', () => 'base')).toMatchObject([{ text: 'a😀b' }]);
    expect(
      runsOf('א😀ב', () => 'base')
        .map(({ text }) => text)
        .join(''),
    ).toContain('😀');
  });
});

const address = { name: 'Ada', line1: '1 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' };
const invoice: Invoice = {
  number: 'INV-019AAB1C',
  issuedAt: '2026-01-15T09:30:00.000Z',
  seller: { ...address, name: 'The Shop' },
  customer: { name: 'Ada 李雷', email: 'ada@example.com' },
  shippingAddress: { ...address, line2: 'Back yard', region: 'BE' },
  lines: [
    {
      sku: 'MUG',
      name: 'Mug, white',
      quantity: 2,
      unitPrice: { amountMinor: 4599, currency: 'EUR' },
      lineTotal: { amountMinor: 9198, currency: 'EUR' },
    },
  ],
  total: { amountMinor: 9198, currency: 'EUR' },
};

describe('an invoice', () => {
  it('says who, what and how much', async () => {
    const [page = ''] = await pagesOf(await writeInvoice(invoice));
    for (const part of [
      'INV-019AAB1C',
      '2026-01-15',
      'The Shop',
      'Ada 李雷',
      'Back yard',
      '10115 Berlin BE',
      'Mug, white',
      '45.99 EUR',
      '91.98 EUR',
    ])
      expect(page).toContain(part);
  });

  it('is the same to the last byte whenever it is made', async () => {
    expect(await writeInvoice(invoice)).toEqual(await writeInvoice(invoice));
  });

  it('gives a long name without spaces as many lines as it takes', async () => {
    const [line] = invoice.lines;
    if (!line) throw new Error('no line');
    const name = '白い陶器のマグカップ'.repeat(8);
    const [page = ''] = await pagesOf(await writeInvoice({ ...invoice, lines: [{ ...line, name }] }));
    expect(page.replaceAll(/\s/g, '')).toContain('マグカップ白い陶器');
    expect(page.match(/カップ/g)).toHaveLength(8);
    expect(page).not.toContain('…');
  });

  it('goes on over as many pages as it takes, with long names in lines of their own', async () => {
    const [line] = invoice.lines;
    if (!line) throw new Error('no line');
    const lines = Array.from({ length: 100 }, (_, index) => ({
      ...line,
      sku: `SKU-${index}`,
      name: 'A mug with a name that is longer than what fits into one line',
    }));
    const pages = await pagesOf(await writeInvoice({ ...invoice, lines }));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.join(' ').match(/SKU-\d+/g)).toHaveLength(100);
    expect(pages.at(-1)).toContain('Total');
  });
});
