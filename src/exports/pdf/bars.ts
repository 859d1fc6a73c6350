import type { Typesetter } from './typesetter.ts';

/** One bar, and what stands below it. */
export interface Bar {
  readonly name: string;
  /** In minor units; below zero where more was taken back than taken. */
  readonly amountMinor: number;
}

/** Where it is drawn, in points from the page's upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn and written on. */
export interface Canvas {
  readonly document: PDFKit.PDFDocument;
  readonly typesetter: Pick<Typesetter, 'line' | 'widthOf'>;
}

const colours = {
  up: '#2f6f9f',
  down: '#b0413e',
  axis: '#999999',
  scale: '#dddddd',
  text: '#444444',
} as const;

/** What a bar takes of its place, and the height of the names below. */
const barShare = 0.7;
const namesHeight = 14;
const nameStyle = { size: 7 } as const;

/**
 * Draws bars on a line that stands for nothing sold, and a line at the height of the highest that says how much that is.
 * Nothing is drawn where there is nothing to draw.
 */
export function drawBars(
  canvas: Canvas,
  bars: readonly Bar[],
  box: Box,
  amount: (amountMinor: number) => string,
): void {
  const highest = Math.max(0, ...bars.map(({ amountMinor }) => amountMinor));
  const lowest = Math.min(0, ...bars.map(({ amountMinor }) => amountMinor));
  if (highest === lowest) return;
  const perMinor = (box.height - namesHeight) / (highest - lowest);
  const zeroY = box.y + highest * perMinor;
  const place = box.width / bars.length;
  const { document } = canvas;
  if (highest > 0) drawScale(canvas, box, amount(highest));
  for (const [index, { name, amountMinor }] of bars.entries()) {
    const height = Math.abs(amountMinor) * perMinor;
    const x = box.x + index * place;
    document
      .rect(
        x + (place * (1 - barShare)) / 2,
        amountMinor < 0 ? zeroY : zeroY - height,
        place * barShare,
        height,
      )
      .fill(amountMinor < 0 ? colours.down : colours.up);
    const middle = x + place / 2;
    write(
      canvas,
      name,
      middle + canvas.typesetter.widthOf(name, nameStyle) / 2,
      box.y + box.height - namesHeight + 4,
    );
  }
  document
    .lineWidth(0.5)
    .moveTo(box.x, zeroY)
    .lineTo(box.x + box.width, zeroY)
    .stroke(colours.axis);
  document.fillColor('black');
}

function drawScale(canvas: Canvas, { x, y, width }: Box, amount: string): void {
  canvas.document
    .lineWidth(0.5)
    .moveTo(x, y)
    .lineTo(x + width, y)
    .stroke(colours.scale);
  write(canvas, amount, x + width, y - nameStyle.size - 2);
}

/** `right` is where it ends. */
function write({ document, typesetter }: Canvas, text: string, right: number, y: number): void {
  document.fillColor(colours.text);
  typesetter.line(text, { x: right, y, align: 'right' }, nameStyle);
}
