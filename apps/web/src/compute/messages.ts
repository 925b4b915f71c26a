import type { Build, DetailedComparison, ErrorCode, Picture } from '@tripartite/sdk';

/** The models that this page brings. */
export type ModelName = 'use-lite' | 'photo-mae' | 'vit-digits';

/** What is compared: a text, pixels, or a picture file (its bytes, or its address on this host). */
export type Subject =
  | { readonly text: string }
  | { readonly picture: Picture }
  | { readonly file: Blob | string; readonly name: string };

/** One comparison to carry out. */
export interface Job {
  readonly model: ModelName;
  readonly subject: Subject;
  readonly hidden: { readonly kind: string; readonly neurons: number };
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
}

/** From the page to the worker. A new job supersedes the one before. */
export type Order =
  | { readonly type: 'compare'; readonly id: number; readonly job: Job }
  | { readonly type: 'cancel'; readonly id: number };

/** From the worker to the page; `id` is the job's. */
export type Report =
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'done'; readonly id: number; readonly answer: Answer }
  | {
      readonly type: 'failed';
      readonly id: number;
      /** One line for people. */
      readonly message: string;
      /** Absent where the failure is none that the SDK foresees. */
      readonly code?: ErrorCode;
    };
