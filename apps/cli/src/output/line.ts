/** Text on one line, control characters replaced, so that a file's name cannot drive the terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, '?')
    .trim();
}
