import type { FittedHidden } from '../hidden/fitted/fitted-hidden.js';
import { checkAborted } from '../transformer/model.js';
import type { StudyChart } from './chart.js';
import type { Estimate } from './estimate.js';
import type { Expectation, Judgement } from './judge.js';

/** A column of a study's table, of the rows' labels or of their values. */
export interface StudyColumn {
  readonly key: string;
  readonly heading: string;
  /** Decimals that are shown; absent for labels. */
  readonly digits?: number;
  /** Where there is no room for all, columns with the highest number are left out first; absent: it stays. */
  readonly dispensable?: number;
}

/** A table of a study: what its columns are; rows name the table that they belong to. */
export interface StudyTable {
  /** Empty for the main one; else a word fit for a file's name. */
  readonly name: string;
  readonly title: string;
  /** True where it is too long to read: for files of data only. */
  readonly data?: true;
  readonly labels: readonly StudyColumn[];
  readonly values: readonly StudyColumn[];
}

/** A row of a study's table. */
export interface StudyRow {
  /** Name of its table. */
  readonly table: string;
  /** Words and numbers that say what was measured. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** What was measured. */
  readonly values: Readonly<Record<string, Estimate>>;
  /** What one of the values was before, and what became of it. */
  readonly expected?: Expectation & Judgement & { readonly of: string };
}

/** What a study found. */
export interface StudyResult {
  readonly name: string;
  readonly title: string;
  /** What was asked, how it was measured, how to read it: a paragraph each. */
  readonly notes: readonly string[];
  readonly tables: readonly StudyTable[];
  readonly rows: readonly StudyRow[];
  /** Figures as data (`chartFigure` of the figure door draws them). */
  readonly charts: readonly StudyChart[];
}

/** Options that every study takes. */
export interface StudyOptions {
  /** A small form: few inputs, few settings, one draw. Default false. */
  readonly quick?: boolean;
  /** Draws of hidden weights of each setting, instead of the study's own number. */
  readonly seeds?: number;
  /** Fitted layers beside those that the model brings, in studies that look at fitted ones. */
  readonly fitted?: readonly FittedHidden[];
  /** Rows of a unit that were measured before, by its id: it is not measured again. */
  readonly known?: (unit: string) => readonly StudyRow[] | undefined;
  /** Called with what each unit found, as soon as it is there. */
  readonly onUnit?: (unit: string, rows: readonly StudyRow[]) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** Called with the share of the work done and what is being done. */
  readonly onProgress?: (fraction: number, what: string) => void;
}

/** A piece of a study that stands by itself. */
export interface StudyUnit {
  /** The same for the same question about the same inputs, so that its answer can be kept. */
  readonly id: string;
  /** Words for it while it is measured. */
  readonly what: string;
  /** About how long it takes, in any unit that the study's units share. */
  readonly cost: number;
  readonly measure: (tell: (fraction: number) => void) => Promise<readonly StudyRow[]>;
}

/** Runs the units that are not known one after another; rows in the order of the units. Throws `ABORTED`. */
export async function runUnits(
  units: readonly StudyUnit[],
  { known, onUnit, signal, onProgress }: StudyOptions,
): Promise<StudyRow[]> {
  const kept = units.map(({ id }) => known?.(id));
  const total = units.reduce((sum, { cost }, i) => sum + (kept[i] ? 0 : cost), 0);
  const rows: StudyRow[] = [];
  let done = 0;
  for (const [i, { id, what, cost, measure }] of units.entries()) {
    checkAborted(signal);
    const found = kept[i];
    if (found) {
      rows.push(...found);
      continue;
    }
    const tell = (fraction: number) => onProgress?.((done + fraction * cost) / total, what);
    tell(0);
    const measured = await measure(tell);
    await onUnit?.(id, measured);
    rows.push(...measured);
    done += cost;
  }
  onProgress?.(1, 'done');
  return rows;
}
