import type { TripartiteError } from '@tripartite/sdk';
import { expect, it } from 'vitest';
import { describeFallback, parseEngine } from '../src/engine-options.js';

it('takes one thread and the plain build where nothing is said, on any number of cores', () => {
  for (const cores of [1, 2, 128]) {
    expect(parseEngine({}, cores)).toEqual({ threads: 1, fast: false });
  }
});

it('takes the number that is said, and for all the number of cores, at most 64', () => {
  expect(parseEngine({ threads: '1' }, 2).threads).toBe(1);
  expect(parseEngine({ threads: '64' }, 2).threads).toBe(64);
  expect(parseEngine({ threads: 'all' }, 6).threads).toBe(6);
  expect(parseEngine({ threads: 'all' }, 128).threads).toBe(64);
  expect(parseEngine({ threads: 'all' }).threads).toBeGreaterThan(0);
  expect(parseEngine({ fast: true }, 2).fast).toBe(true);
});

it.each(['0', '65', '-1', '1.5', '1e1', 'two', 'All', '', ' 2', '0x2', 'Infinity', '٣'])(
  'refuses %j threads, naming option, value and range',
  (threads) => {
    try {
      parseEngine({ threads }, 2);
    } catch (error) {
      expect((error as TripartiteError).code).toBe('BAD_INPUT');
      expect((error as TripartiteError).message).toBe(
        `--threads is '${threads}'; allowed is a whole number from 1 to 64, or all`,
      );
      return;
    }
    throw new Error('nothing was thrown');
  },
);

it('says that --fast changed nothing only where it was asked for and the build is plain', () => {
  expect(describeFallback(true, 'plain')).toMatch(/^--fast changes nothing here.* plain build/);
  expect(describeFallback(true, 'relaxed')).toBeUndefined();
  expect(describeFallback(false, 'plain')).toBeUndefined();
  expect(describeFallback(undefined, 'plain')).toBeUndefined();
});
