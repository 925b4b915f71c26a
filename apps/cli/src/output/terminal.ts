/** What a stream can show. */
export interface Terminal {
  /** Columns; `Infinity` where it is no terminal (a pipe is not cut). */
  readonly columns: number;
  readonly colour: boolean;
}

/** The environment variables that decide about colour. */
export interface Surroundings {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * What a stream can show: colour only on a terminal that is not dumb and while NO_COLOR is unset or empty
 * (no-color.org).
 */
export function describeTerminal(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Surroundings = process.env,
): Terminal {
  const terminal = stream.isTTY === true;
  const refused = (environment.NO_COLOR ?? '') !== '' || environment.TERM === 'dumb';
  return {
    columns: terminal ? stream.columns || 80 : Number.POSITIVE_INFINITY,
    colour: terminal && !refused,
  };
}

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
} as const;

/** Ways of setting text off. */
export type Style = keyof typeof codes;

/** Text in a style where colour is shown, else the text as it is. */
export function styled(text: string, style: Style, { colour }: Terminal): string {
  const [on, off] = codes[style];
  return colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

// Two columns each: East Asian scripts, full-width forms, pictographs.
const wide =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\uff01-\uff60]|\p{Emoji_Presentation})/u;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal (no escape codes in it). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

/** Breaks a text between words so that no line is wider than `width` (a longer word stays whole). */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

/** Columns for running text: the terminal's, at most 80. */
export function textWidth({ columns }: Terminal): number {
  return Math.min(columns, 80);
}
