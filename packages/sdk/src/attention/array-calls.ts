import { type Kernels, kernelsReady, newKernels } from '@tripartite/kernels';
import { TripartiteError } from '../errors.js';
import { withinMemory } from '../memory.js';
import { checkFree } from '../turns.js';
import type { AttentionHead, HeadOptions, Readout } from './head.js';
import type { Mechanism, Responses, Rows } from './rows.js';

/** A head's kernels: the engine's, or its own. Throws `BAD_INPUT` before they are compiled. */
export function headKernels({ engine }: HeadOptions): Kernels {
  if (engine) return engine.kernels;
  if (kernelsReady()) return newKernels();
  throw new TripartiteError(
    'BAD_INPUT',
    'kernels are not compiled yet; await compileKernels() once before making heads',
  );
}

/** Options with defaults filled in. Throws `BAD_INPUT` for widths that are no whole numbers ≥ 1. */
export function completeOptions(options: HeadOptions): Required<Omit<HeadOptions, 'engine'>> {
  const { width, valueWidth = width } = options;
  for (const [name, value] of Object.entries({ width, valueWidth })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new TripartiteError('BAD_INPUT', `${name} is ${value}; a whole number ≥ 1 is allowed`);
    }
  }
  const { scale = 1 / Math.sqrt(Math.sqrt(width)) } = options;
  if (!Number.isFinite(scale)) {
    throw new TripartiteError('BAD_INPUT', `scale is ${scale}; a finite number is allowed`);
  }
  return { width, valueWidth, scale };
}

/** Callers without TypeScript pass other arrays too, whose bytes would be misread. */
function requireType(name: string, values: unknown, allowed: string): void {
  const came = Object.prototype.toString.call(values).slice(8, -1);
  if (came === allowed) return;
  throw new TripartiteError('BAD_INPUT', `${name} is a ${came}; a ${allowed} is allowed`);
}

function countRows(name: string, values: Float32Array, width: number): number {
  requireType(name, values, 'Float32Array');
  if (values.length % width === 0) return values.length / width;
  throw new TripartiteError(
    'BAD_SHAPE',
    `${name} has ${values.length} values, not a multiple of its width ${width}`,
  );
}

function requireSame(name: string, came: number, tokens: number, other = 'keys'): void {
  if (came === tokens) return;
  throw new TripartiteError(
    'BAD_SHAPE',
    `${name} has ${came} tokens but ${other} has ${tokens}; they must match`,
  );
}

/** The methods that take arrays, for any mechanism. Transient memory is freed after every call. */
export function arrayCalls(
  kernels: Kernels,
  mechanism: Mechanism,
  width: number,
  valueWidth: number,
): Pick<AttentionHead, 'begin' | 'write' | 'read' | 'stream'> {
  const { arena } = kernels;
  const place = (values: Float32Array, stride: number): Rows => ({
    pointer: arena.store(values),
    stride,
    rows: values.length / stride,
  });

  /** Runs `work` in memory that is freed afterwards; `tokens` more may be kept by the mechanism. */
  const within = <T>(tokens: number, work: () => T): T =>
    withinMemory('head', () => {
      checkFree(kernels);
      mechanism.reserve(tokens);
      const mark = arena.mark();
      try {
        return work();
      } finally {
        arena.release(mark);
      }
    });

  const checkTokens = (keys: Float32Array, values: Float32Array, mask?: Uint8Array): number => {
    const tokens = countRows('keys', keys, width);
    requireSame('values', countRows('values', values, valueWidth), tokens);
    if (mask) {
      requireType('mask', mask, 'Uint8Array');
      requireSame('mask', mask.length, tokens);
    }
    return tokens;
  };

  /** Where the answers of `rows` queries go. */
  const outputFor = (rows: number, output: Float32Array | undefined): Float32Array => {
    if (output === undefined) return new Float32Array(rows * valueWidth);
    requireSame('output', countRows('output', output, valueWidth), rows, 'queries');
    return output;
  };

  const answer = (output: Float32Array, ask: (out: Rows) => Responses): Readout => {
    const rows = output.length / valueWidth;
    const out = { pointer: arena.floats(output.length), stride: valueWidth, rows };
    const responses = ask(out);
    output.set(arena.viewFloats(out.pointer, output.length));
    return {
      output,
      get response() {
        return responses.value;
      },
      get logResponse() {
        return responses.log;
      },
    };
  };

  return {
    begin: () => mechanism.begin(),
    write(keys, values, mask) {
      within(checkTokens(keys, values, mask), () => {
        const at = mask ? arena.store(mask) : 0;
        mechanism.write(place(keys, width), place(values, valueWidth), at);
      });
    },
    read(queries, output) {
      const answers = outputFor(countRows('queries', queries, width), output);
      return within(0, () => {
        const q = place(queries, width);
        return answer(answers, (out) => mechanism.read(q, out));
      });
    },
    stream(queries, keys, values, mask, output) {
      const tokens = checkTokens(keys, values, mask);
      requireSame('queries', countRows('queries', queries, width), tokens);
      const answers = outputFor(tokens, output);
      return within(tokens, () => {
        const at = mask ? arena.store(mask) : 0;
        const [q, k, v] = [place(queries, width), place(keys, width), place(values, valueWidth)];
        return answer(answers, (out) => mechanism.stream(q, k, v, out, at));
      });
    },
  };
}
