import { join } from 'node:path';
import type { StudyResult, StudyRow, StudyTable } from '@tripartite/sdk';
import { studyFigures } from '@tripartite/sdk/figure';
import { saveFigures } from '../report/index.js';
import { writeWhole } from '../write-file.js';
import { countVerdicts, describeSample, quickNote, tableCells } from './cells.js';
import type { Origin } from './origin.js';

/** What `writeStudy` did. */
export interface WrittenStudy {
  readonly files: readonly string[];
  /** False where the system has no font: the PNG files then lack their text. */
  readonly textInPng: boolean;
}

/** Writes a study's page, tables and figures into a folder that exists, each named after the study. */
export async function writeStudy(
  folder: string,
  name: string,
  result: StudyResult,
  origin: Origin,
): Promise<WrittenStudy> {
  const figures = studyFigures(result).map((figure) => ({
    ...figure,
    // `patches` is the study `neurons` of another model.
    name: figure.name.replace(result.name, name),
  }));
  const files: string[] = [];
  const write = async (file: string, content: string) => {
    await writeWhole(join(folder, file), content);
    files.push(join(folder, file));
  };
  await write(`${name}.md`, formatPage(result, figures, origin));
  for (const table of result.tables) {
    const rows = result.rows.filter((row) => row.table === table.name);
    const file = table.name === '' ? name : `${name}-${table.name}`;
    if (rows.length > 0) await write(`${file}.csv`, formatCsv(table, rows));
  }
  const saved = await saveFigures(folder, figures);
  return { files: [...files, ...saved.files], textInPng: saved.textInPng };
}

function formatPage(
  { title, notes, tables, rows }: StudyResult,
  figures: readonly { readonly name: string; readonly title: string; readonly caption: string }[],
  { command, model, weights, inputs, build, versions, quick }: Origin,
): string {
  const sections = tables.flatMap((table) => {
    const own = rows.filter((row) => row.table === table.name);
    return own.length === 0 || table.data ? [] : [`## ${table.title}`, formatMarkdown(table, own)];
  });
  const sources = [...new Set(rows.flatMap(({ expected }) => expected?.source ?? []))];
  const verdicts = [
    describeSample(rows),
    countVerdicts(rows),
    'A row is reproduced where its interval comes within the tolerance of the expected value.',
    ...(quick ? [quickNote] : []),
    ...(sources.length > 0 ? [`Expected values: ${sources.join('; ')}.`] : []),
  ];
  const drawn = figures.map(
    ({ name, title: what, caption }) => `![${what}](${name}.svg)\n\n${caption}`,
  );
  const made = [
    `Made by \`${command}\``,
    `tripartite ${versions.tripartite}`,
    `${build} build of the kernels`,
    `weights of ${model} ${weights.slice(0, 12)}`,
    ...(inputs === '' ? [] : [`inputs ${inputs.slice(0, 12)}`]),
  ];
  const parts = [`# ${title}`, ...notes, ...sections, verdicts.join(' '), ...drawn];
  return `${[...parts, `${made.join(', ')}.`].join('\n\n')}\n`;
}

function formatMarkdown(table: StudyTable, rows: readonly StudyRow[]): string {
  const cells = tableCells(table, rows);
  const line = (words: readonly string[]) =>
    `| ${words.map((word) => word.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [
    line(cells.columns.map(({ header }) => header)),
    line(cells.columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...cells.rows.map(line),
  ].join('\n');
}

/** RFC 4180, numbers in full; for each value with intervals their ends, inputs and draws. */
export function formatCsv(table: StudyTable, rows: readonly StudyRow[]): string {
  const columns: [header: string, cell: (row: StudyRow) => string | number | undefined][] = [
    ...table.labels.map(({ key }) => [key, ({ labels }: StudyRow) => labels[key]] as const),
  ].map(([header, cell]) => [header, cell]);
  for (const { key } of table.values) {
    columns.push([key, ({ values }) => values[key]?.value]);
    if (!rows.some(({ values }) => values[key]?.interval)) continue;
    columns.push(
      [`${key}_low`, ({ values }) => values[key]?.interval?.[0]],
      [`${key}_high`, ({ values }) => values[key]?.interval?.[1]],
      [`${key}_inputs`, ({ values }) => values[key]?.inputs],
      [`${key}_draws`, ({ values }) => values[key]?.draws],
    );
  }
  if (rows.some(({ expected }) => expected)) {
    columns.push(
      ['expected', ({ expected }) => expected?.value],
      ['tolerance', ({ expected }) => expected?.tolerance],
      ['difference', ({ expected }) => expected?.by],
      ['verdict', ({ expected }) => expected?.verdict],
      ['source', ({ expected }) => expected?.source],
    );
  }
  const lines = [
    columns.map(([header]) => header),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
  ];
  return `${lines.map((line) => line.map(csvCell).join()).join('\r\n')}\r\n`;
}

function csvCell(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
