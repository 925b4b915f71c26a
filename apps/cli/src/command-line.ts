/**
 * The command as a user would type it again in a POSIX shell, for reports: words with anything but plain
 * characters in single quotes.
 */
export function describeCommandLine(words: readonly string[]): string {
  return ['tripartite', ...words].map(quote).join(' ');
}

function quote(word: string): string {
  if (/^[\w./:=,@%+-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
