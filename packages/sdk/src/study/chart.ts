import type { ResponseDetail, TokenLabels } from '../compare/comparison.js';
import type { Picture } from '../image/picture.js';
import type { Estimate } from './estimate.js';
import type { StudyRow } from './study.js';

/** What every chart has. */
interface Named {
  /** Fit for a file's name. */
  readonly name: string;
  readonly title: string;
  /** What is seen and how to read it. */
  readonly caption: string;
}

/** Estimates against a number, a line a series; x is logarithmic, base 2. */
export interface CurveChart extends Named {
  readonly type: 'curve';
  readonly x: string;
  readonly y: string;
  readonly points: readonly {
    readonly series: string;
    readonly x: number;
    readonly estimate: Estimate;
  }[];
}

/** Estimates of named things, a row each, a colour a series. */
export interface DotsChart extends Named {
  readonly type: 'dots';
  readonly x: string;
  readonly points: readonly {
    readonly series: string;
    readonly row: string;
    readonly estimate: Estimate;
  }[];
}

/** Astrocyte response beside the normaliser, token by token: the figure of Kozachkov et al. (2023). */
export interface ResponseChart extends Named {
  readonly type: 'response';
  readonly detail: ResponseDetail;
  readonly tokens: TokenLabels;
}

/** Small pictures in rows: what neurons respond to. */
export interface SheetChart extends Named {
  readonly type: 'sheet';
  /** Headings over groups of pictures. */
  readonly groups: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    /** For each group its pictures, all of one size. */
    readonly pictures: readonly (readonly Picture[])[];
  }[];
}

/** A figure of a study as data. */
export type StudyChart = CurveChart | DotsChart | ResponseChart | SheetChart;

/** Points of a curve against neurons from the rows of the main table that hold a value. */
export function curvePoints(rows: readonly StudyRow[], value: string): CurveChart['points'] {
  return rows.flatMap(({ table, labels, values: { [value]: estimate } }) =>
    table === '' && estimate
      ? [{ series: String(labels.hidden), x: Number(labels.neurons), estimate }]
      : [],
  );
}
