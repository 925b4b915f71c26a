import { endingOf, isBrokenPipe } from './exit.js';
import { buildProgram } from './program.js';
import { removeTemporaries } from './write-file.js';

process.stdout.on('error', (error) => {
  // The files that were asked for are still written.
  if (isBrokenPipe(error)) return;
  end(error);
  process.exit();
});
process.stderr.on('error', () => {});
process.on('uncaughtException', (error) => {
  end(error);
  process.exit();
});

try {
  await buildProgram().parseAsync();
} catch (error) {
  end(error);
}

function end(error: unknown): void {
  const { code, line } = endingOf(error);
  removeTemporaries();
  if (line !== undefined) process.stderr.write(`tripartite: ${line}\n`);
  if (process.env.TRIPARTITE_DEBUG === '1' && code !== 0) console.error(error);
  process.exitCode = code;
}
