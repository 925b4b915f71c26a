import { expect, it } from 'vitest';
import { describeCommandLine } from '../src/command-line.js';
import { distinctStems } from '../src/save.js';

it('makes plain file names, each used once whatever the case', () => {
  expect(distinctStems(['a b.txt', 'a b.md', 'A-B.png', 'née.txt', '../x', '.txt'])).toEqual([
    'a-b',
    'a-b-2',
    'A-B-3',
    'née',
    '..-x',
    'item',
  ]);
});

it('quotes what a shell would take apart', () => {
  expect(describeCommandLine(['compare', '--text', "it's a $test", 'a.png', ''])).toBe(
    "tripartite compare --text 'it'\\''s a $test' a.png ''",
  );
});
