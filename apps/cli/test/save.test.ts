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

it('makes no file name that Windows keeps for a device or shortens', () => {
  const names = ['con.txt', 'NUL', 'aux.tar.gz', 'com1.png', 'lpt9', 'prn.', 'What next..', '..'];
  expect(distinctStems(names)).toEqual([
    'con_',
    'NUL_',
    'aux_.tar',
    'com1_',
    'lpt9_',
    'prn_._',
    'What-next.._',
    '.._',
  ]);
  const harmless = ['con_', 'console', 'com12', 'my.con1'];
  expect(distinctStems(harmless)).toEqual(harmless);
  expect(distinctStems(['con.txt', 'con_.md'])).toEqual(['con_', 'con_-2']);
});

it('quotes what a shell would take apart', () => {
  expect(describeCommandLine(['compare', '--text', "it's a $test", 'a.png', ''])).toBe(
    "tripartite compare --text 'it'\\''s a $test' a.png ''",
  );
});
