import type { MeasuredRow } from '../rows.js';

/** What the page asks of a worker: one entry, measured. */
export interface Order {
  /** Threads that the page has: they make the list of entries. */
  readonly threads: number;
  readonly fast: boolean;
  /** Place in that list. */
  readonly entry: number;
  readonly build: string;
  readonly alternations: number;
}

/** What the worker says: rows of a contest, then that all is done, or why it is not. */
export type Reply =
  | { readonly rows: readonly MeasuredRow[] }
  | { readonly done: true }
  | { readonly error: string };
