import type { Build } from '@tripartite/sdk';
import type { DetailedComparison, NeuronSweepPoint, SideBySideTwin } from '@tripartite/sdk/figure';

/** One input of a report. */
export interface ReportItem {
  /** What the user calls it: a file's name, or the start of the text. */
  readonly name: string;
  readonly comparison: DetailedComparison;
  /** Quality against hidden neurons; the section is left out without it. */
  readonly sweep?: readonly NeuronSweepPoint[];
  /** Hidden layers of equally many neurons on this input; the section is left out without it. */
  readonly beside?: readonly SideBySideTwin[];
}

/** A name and the SHA-256 of its bytes, hexadecimal. */
export interface NamedHash {
  readonly name: string;
  readonly sha256: string;
}

/** Everything a report says. */
export interface ReportData {
  /** At least one. */
  readonly items: readonly ReportItem[];
  /** The command line that makes this report again. */
  readonly command: string;
  readonly versions: { readonly tripartite: string; readonly node: string };
  /** Which build of the kernels computed. */
  readonly build: Build;
  /** Threads that it computed on. */
  readonly threads: number;
  readonly hashes: {
    readonly weights: readonly NamedHash[];
    readonly inputs: readonly NamedHash[];
  };
}
