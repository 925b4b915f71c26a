import { spawn } from 'node:child_process';
import { TripartiteError } from '@tripartite/sdk';
import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { endingOf, isBrokenPipe } from '../src/exit.js';
import { main } from './command.js';

it('ends with 2 for bad input and with 1 for any other failure', () => {
  expect(endingOf(new TripartiteError('BAD_TEXT', 'text is empty'))).toEqual({
    code: 2,
    line: 'text is empty',
  });
  expect(endingOf(new TripartiteError('OUT_OF_MEMORY', 'too large')).code).toBe(1);
  expect(endingOf(new RangeError('odd')).code).toBe(1);
  expect(endingOf('thrown word').line).toContain('thrown word');
  expect(
    endingOf(new CommanderError(1, 'commander.unknownOption', "error: unknown option '-x'")).code,
  ).toBe(2);
  expect(endingOf(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'))).toEqual({
    code: 0,
  });
});

it('says it in one line, without control characters', () => {
  const { line } = endingOf(new TripartiteError('NOT_FOUND', "file 'a\nb\u001b[31m' is missing"));
  expect(line).toBe("file 'a b?[31m' is missing");
});

it('knows a reader that went away', () => {
  expect(isBrokenPipe(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(true);
  expect(isBrokenPipe(new Error('EPIPE'))).toBe(false);
});

it.each(['1', '2'])(
  'can be interrupted in a long computation on %s threads',
  async (threads) => {
    const text = ['--text', 'A long computation.'];
    const words = ['compare', ...text, '--neurons', '1000000', '--threads', threads];
    const child = spawn(process.execPath, [main, ...words], { stdio: 'ignore' });
    const ended = new Promise<unknown>((resolve) =>
      child.once('close', (_, name) => resolve(name)),
    );
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const asked = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(performance.now() - asked).toBeLessThan(3000);
  },
  60_000,
);
