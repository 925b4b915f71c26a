import type {
  Build,
  DetailedComparison,
  ErrorCode,
  FittedEntry,
  Picture,
  SideBySideTwin,
} from '@tripartite/sdk';

/** The models that this page brings. */
export type ModelName = 'use-lite' | 'photo-mae' | 'vit-digits';

/** What is compared: a text, pixels, or a picture file (its bytes, or its address on this host). */
export type Subject =
  | { readonly text: string }
  | { readonly picture: Picture }
  | { readonly file: Blob | string; readonly name: string };

/** The hidden layer that is wished for. */
export interface HiddenWish {
  /** Absent: the fitted layer that the model prefers, else `matched`; so too where the model lacks a fitted kind. */
  readonly kind?: string;
  /** Of fitted layers, those with one φ, or the others. */
  readonly shared?: boolean;
  readonly neurons: number;
}

/** One comparison to carry out. */
export interface Job {
  readonly model: ModelName;
  readonly subject: Subject;
  readonly hidden: HiddenWish;
  readonly seed: number;
  /** Relaxed SIMD where the engine has it. */
  readonly fast: boolean;
}

/** How far a job is; `fraction` is null where the end is not known. */
export interface Progress {
  readonly fraction: number | null;
  readonly what: string;
}

/** What a job came to. */
export interface Answer {
  readonly comparison: DetailedComparison;
  /** Time of the comparison itself, without loading the model. */
  readonly milliseconds: number;
  /** What it was computed on. */
  readonly engine: { readonly threads: number; readonly build: Build };
  /** Why another hidden layer answers than the one wished for, one line; absent where none does. */
  readonly warning?: string;
}

/** Hidden layers of equally many neurons on the same input, computed after the answer. */
export interface Beside {
  /** None where they failed. */
  readonly twins: readonly SideBySideTwin[];
  /** What went wrong, one line; absent where nothing did. */
  readonly warning?: string;
}

/** What a job is at: its answer, or what stands beside it. */
export type Part = 'answer' | 'beside';

/** From the page to the worker. A new job supersedes the one before; one `answered` is only set beside others. */
export type Order =
  | { readonly type: 'compare'; readonly id: number; readonly job: Job; readonly answered: boolean }
  | { readonly type: 'cancel'; readonly id: number };

/** What happens in a job, in order: what its model brings, the answer, what stands beside it; the end. */
export type JobEvent =
  | { readonly type: 'progress'; readonly part: Part; readonly progress: Progress }
  | { readonly type: 'model'; readonly fitted: readonly FittedEntry[] }
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'beside'; readonly beside: Beside };

/** From the worker to the page; `id` is the job's. */
export type Report = { readonly id: number } & (
  | JobEvent
  | { readonly type: 'done' }
  | {
      readonly type: 'failed';
      /** One line for people. */
      readonly message: string;
      /** Absent where the failure is none that the SDK foresees. */
      readonly code?: ErrorCode;
    }
);
