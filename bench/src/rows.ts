import type { Contest, Times } from './contest.js';

/** One comparison, as `--json` writes it; times in ms, `ratio` = peer/ours. */
export interface Row {
  readonly name: string;
  readonly shape: string;
  readonly threads: number;
  readonly build: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly ratio: number;
}

/** A row with the spread of its times, half the middle half over the median. */
export interface MeasuredRow {
  readonly row: Row;
  readonly oursSpread: number;
  readonly peerSpread: number;
}

/** The rows of one contest, one a peer. */
export function contestRows(
  contest: Contest,
  build: string,
  times: readonly Times[],
): MeasuredRow[] {
  const [ours, ...others] = times as [Times, ...Times[]];
  return others.map((peer, at) => ({
    row: {
      name: contest.name,
      shape: contest.shape,
      threads: contest.threads,
      build,
      ours: ours.median,
      peer: peer.median,
      peerName: contest.peers[at]?.name ?? '',
      ratio: peer.median / ours.median,
    },
    oursSpread: spread(ours),
    peerSpread: spread(peer),
  }));
}

function spread({ lower, median, upper }: Times): number {
  return (upper - lower) / 2 / median;
}

const columns = [
  { title: 'work', width: 22 },
  { title: 'shape', width: 17 },
  { title: 'thr', width: 3 },
  { title: 'ours ms', width: 13 },
  { title: 'peer ms', width: 13 },
  { title: 'peer', width: 19 },
  { title: 'ratio', width: 6 },
] as const;

/** The table's first line. */
export const tableHead: string = line(columns.map(({ title }) => title));

/** One line of the table, at most 100 columns. */
export function tableLine({ row, oursSpread, peerSpread }: MeasuredRow): string {
  return line([
    row.name,
    row.shape,
    String(row.threads),
    `${duration(row.ours)} ${percent(oursSpread)}`,
    `${duration(row.peer)} ${percent(peerSpread)}`,
    row.peerName,
    row.ratio.toFixed(2),
  ]);
}

/** Text to the left, numbers to the right. */
function line(cells: readonly string[]): string {
  return cells
    .map((cell, at) => {
      const { width, title } = columns[at] as (typeof columns)[number];
      return ['work', 'shape', 'peer'].includes(title) ? cell.padEnd(width) : cell.padStart(width);
    })
    .join(' ')
    .trimEnd();
}

/** Milliseconds with three or four digits. */
export function duration(ms: number): string {
  return ms.toFixed(ms < 1 ? 3 : ms < 100 ? 2 : 1);
}

/** A share after ±, in five characters. */
export function percent(share: number): string {
  return `±${(share * 100).toFixed(0)}%`.padStart(5);
}
