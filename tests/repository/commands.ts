import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a finished command left. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a shell only where Windows needs one for npm and npx. */
export function runCommand(program: string, args: readonly string[], cwd: string): Finished {
  const shell = process.platform === 'win32' && ['npm', 'npx'].includes(program);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    shell,
    maxBuffer: 1 << 26,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** `runCommand`, throwing what was printed where it failed; gives standard output. */
export function mustRun(program: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = runCommand(program, args, cwd);
  if (status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stdout}\n${stderr}`);
  }
  return stdout;
}

/** pnpm at the version that the project pins, as arguments of npx. */
export function pnpmArguments(...args: readonly string[]): string[] {
  const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    packageManager: string;
  };
  return ['--yes', packageManager, ...args];
}
