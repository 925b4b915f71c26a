import type { RunnerTestCase } from 'vitest';

/** One measured value beside its bounds, a row of the table that `npm run verify` prints. */
export interface Measurement {
  readonly what: string;
  readonly kind?: string;
  readonly neurons?: number;
  readonly value: number;
  readonly least?: number;
  readonly most?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    measurements?: Measurement[];
  }
}

/** Hands a measurement to the reporter. */
export function report({ meta }: RunnerTestCase, measurement: Measurement): void {
  meta.measurements = [...(meta.measurements ?? []), measurement];
}
