import type { Picture } from '@tripartite/sdk';

/** A point of a drawing, in shares of the pad's side. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One movement of the pen. */
export type Stroke = readonly Point[];

/** Side of MNIST's pictures, and of the box into which its digits were scaled, pixels (LeCun et al. 1998). */
const side = 28;
const box = 20;
/** Half the width of a line, pixels: about that of MNIST's pens. */
const radius = 1.25;

function distanceToSegment(x: number, y: number, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = dx * dx + dy * dy;
  const along = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, along));
  const ex = x - a.x - t * dx;
  const ey = y - a.y - t * dy;
  return Math.sqrt(ex * ex + ey * ey);
}

function drawInk(strokes: readonly Stroke[]): Uint8Array {
  const ink = new Uint8Array(side * side);
  for (let i = 0; i < ink.length; i++) {
    const x = (i % side) + 0.5;
    const y = Math.floor(i / side) + 0.5;
    let nearest = Number.POSITIVE_INFINITY;
    for (const stroke of strokes) {
      stroke.forEach((point, at) => {
        nearest = Math.min(nearest, distanceToSegment(x, y, stroke[at - 1] ?? point, point));
      });
    }
    ink[i] = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - nearest)));
  }
  return ink;
}

function centreOf(ink: Uint8Array): Point {
  let sum = 0;
  let x = 0;
  let y = 0;
  ink.forEach((level, i) => {
    sum += level;
    x += level * ((i % side) + 0.5);
    y += level * (Math.floor(i / side) + 0.5);
  });
  return { x: x / sum, y: y / sum };
}

function place(strokes: readonly Stroke[], from: Point, scale: number, to: Point): Stroke[] {
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: (x - from.x) * scale + to.x, y: (y - from.y) * scale + to.y })),
  );
}

/**
 * A drawing as MNIST would have it: light lines on black, the longer side scaled to 20 pixels, the centre of
 * mass in the middle of 28 × 28. Undefined where nothing is drawn.
 */
export function drawDigit(strokes: readonly Stroke[]): Picture | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, top, bottom] = [
    Math.min(...xs),
    Math.max(...xs),
    Math.min(...ys),
    Math.max(...ys),
  ];
  const extent = Math.max(right - left, bottom - top);
  const scale = extent > 0 ? (box - 2 * radius) / extent : 0;
  const middle = { x: side / 2, y: side / 2 };
  const framed = place(strokes, { x: (left + right) / 2, y: (top + bottom) / 2 }, scale, middle);
  const centred = place(framed, centreOf(drawInk(framed)), 1, middle);
  return { width: side, height: side, channels: 1, data: drawInk(centred) };
}
