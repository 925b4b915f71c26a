import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command. */
export const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** How the command ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command is called; standard input is empty unless given. */
export interface Call {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command as a process of its own, without a terminal, to its end. */
export function tripartite(words: readonly string[], call: Call = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...words], {
      cwd: call.cwd,
      env: { ...process.env, ...call.env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    // The command may end before it has read its input.
    child.stdin.once('error', () => {});
    child.stdin.end(call.stdin ?? '');
    child.once('close', (code) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
      resolve({ code, stdout: text(out), stderr: text(err) });
    });
  });
}

/** Keys of a head in the contract of `compare --json`. */
export const headKeys = [
  'layer',
  'head',
  'stack',
  'swapped',
  'outputError',
  'centredOutputError',
  'responseCorrelation',
  'logResponseCorrelation',
  'responseError',
  'attentionKl',
  'nonPositiveResponses',
] as const;
