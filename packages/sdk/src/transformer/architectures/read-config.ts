import { z } from 'zod';
import { TripartiteError } from '../../errors.js';

/** A size in config.json; beyond it no real model lies, and plans and products stay small numbers. */
export const count = z.int().positive().max(10_000_000);

/**
 * Checks config.json against an architecture's schema. Throws `BAD_CHECKPOINT` naming the first bad key.
 */
export function readConfig<T extends z.ZodType>(schema: T, config: unknown): z.output<T> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') || 'the whole';
  throw new TripartiteError('BAD_CHECKPOINT', `config.json: ${where}: ${issue?.message}`);
}

/** Throws `BAD_CHECKPOINT` unless `width` divides into `heads`. */
export function headWidth(width: number, heads: number): number {
  if (width % heads === 0) return width / heads;
  throw new TripartiteError(
    'BAD_CHECKPOINT',
    `config.json: width ${width} does not divide into ${heads} heads`,
  );
}

/** Throws `UNSUPPORTED` where an option that changes the result is set to something not built. */
export function requireOption(name: string, came: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(came)) return;
  throw new TripartiteError(
    'UNSUPPORTED',
    `config.json: ${name} is ${JSON.stringify(came)}; ${allowed.map((a) => JSON.stringify(a)).join(' or ')} is built`,
  );
}
