import { fstatSync } from 'node:fs';

/** How long an unasked-for pipe may stay silent before it counts as empty. */
const firstByteWithin = 10_000;

/** True where standard input may carry text: a pipe, a socket or a file, not a terminal or a device. */
export function standardInputIsOpen(): boolean {
  if (process.stdin.isTTY) return false;
  try {
    const status = fstatSync(0);
    return status.isFIFO() || status.isSocket() || (status.isFile() && status.size > 0);
  } catch {
    return false;
  }
}

/**
 * Everything that standard input brings. Where it was not asked for by name, a pipe that nobody writes to
 * (as a program that starts this one may leave behind) counts as empty after ten seconds.
 */
export async function readStandardInput(askedFor: boolean): Promise<Uint8Array> {
  const { stdin } = process;
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    const silence = askedFor ? undefined : setTimeout(stop, firstByteWithin);
    function stop(): void {
      clearTimeout(silence);
      // Else a silent pipe would keep the process alive.
      stdin.destroy();
      resolve();
    }
    stdin.on('data', (chunk: Uint8Array) => {
      clearTimeout(silence);
      chunks.push(chunk);
    });
    stdin.once('end', stop);
    stdin.once('error', reject);
  });
  return Buffer.concat(chunks);
}
