/** Readers: the text of one file to runs (arrays) of units that belong together: sentences, lines, verses. */

import { decodeEntities } from './entities.mjs';

const squeeze = (text) => text.trim().replace(/\s+/g, ' ');

/** Splits at sentence ends, not after one capital letter, a title or a common abbreviation. */
export function splitSentences(text) {
  const parts = squeeze(text).split(/(?<=[.!?]["')\]]?) (?=["'([]?[A-Z0-9])/);
  const sentences = [];
  let open = '';
  for (const part of parts) {
    open = open ? `${open} ${part}` : part;
    if (/(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|No|vs|e\.g|i\.e|etc|cf|Fig|Sec))\.$/.test(part)) continue;
    sentences.push(open);
    open = '';
  }
  if (open) sentences.push(open);
  return sentences;
}

/** Plain prose: paragraphs between empty lines, each a run of sentences. */
export function readProse(text) {
  return text.split(/\n\s*\n/).map(splitSentences);
}

/** A text without line breaks. */
export function readSpeech(text) {
  return [splitSentences(text)];
}

/** Verse: poems or stanzas between empty lines, each a run of lines. */
export function readVerse(text) {
  return text
    .split(/\n\s*\n/)
    .map((stanza) => stanza.split('\n').map(squeeze).filter(Boolean))
    .filter((lines) => lines.length > 1 && !/^[A-Z ,.']+$/.test(lines[0]));
}

/** Blank verse without stanzas, and plays: one run. */
export function readLines(text) {
  return [
    text
      .split('\n')
      .map(squeeze)
      .filter((line) => line.length > 12),
  ];
}

/** Bible: verses without their numbers; a run a chapter. */
export function readBible(text) {
  const runs = [];
  let chapter = '';
  for (const [, number, verse] of text.matchAll(/(\d+):\d+ ([\s\S]*?)(?=\d+:\d+ |$)/g)) {
    if (number !== chapter) runs.push([]);
    chapter = number;
    runs.at(-1).push(squeeze(verse.split(/\n\s*\n\s*\n/)[0]));
  }
  return runs;
}

/** Play in prose on one line: "Jack.  Text.  Algernon.  Text": one run of speeches, stage directions kept. */
export function readPlay(text) {
  const speeches = text.split(/ {2}(?=(?:[A-Z][a-z]+|Lady Bracknell|Miss Prism)\.(?: {2}| \[))/);
  return [speeches.map((speech) => squeeze(speech).replace(/^([A-Z][\w ]+)\. /, '$1: '))];
}

const strip = (html) => squeeze(decodeEntities(html.replace(/<[^>]*>/g, '')));

/** HTML: paragraphs and items of lists, each a run of sentences; items that are only a link left out. */
export function readHtml(text) {
  return [
    ...text.matchAll(
      /<(p|li|dd)\b[^>]*>([\s\S]*?)(?=<\/\1>|<(?:p|li|dd|pre|table|ul|ol|dl|h\d)\b)/g,
    ),
  ]
    .filter(([, , inner]) => !/^\s*<a\b[^>]*>[\s\S]*<\/a>\s*$/.test(inner))
    .map(([, , inner]) => strip(inner))
    .filter(
      (paragraph) =>
        paragraph.length > 40 && !/»|Copyright|Licensed|Available Languages/.test(paragraph),
    )
    .map(splitSentences);
}

/** HTML: examples of code, a run of lines each. */
export function readExamples(text) {
  return [...text.matchAll(/<pre\b[^>]*>([\s\S]*?)<\/pre>/g)]
    .map(([, inner]) => decodeEntities(inner.replace(/<[^>]*>/g, '')))
    .map(cutLines);
}

/** Source code, between empty lines: a run of lines a block, its licence header left out. */
export function readSource(text) {
  return text
    .split(/\n\s*\n/)
    .slice(1)
    .filter((block) => !/copyright|license/i.test(block))
    .map(cutLines);
}

const cutLines = (block) =>
  block
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean);

/** reStructuredText: paragraphs of prose without markup. */
export function readRst(text) {
  return text
    .split(/\n\s*\n/)
    .filter((block) => /^[A-Z]/.test(block) && !/\n[=*~^"'-]{4}|::|`_|^\.\./.test(block))
    .map((block) =>
      block.replace(/:[\w:.-]+:`[~!]?([^`<]*?)(?: <[^>]*>)?`/g, '$1').replace(/``|\*\*?|`/g, ''),
    )
    .map(splitSentences);
}

/** The Jargon File and The Devil's Dictionary: a run of sentences an entry, headword first. */
export function readDictionary(text) {
  return text
    .split(/\n(?=\S)/)
    .slice(8)
    .map((entry) => squeeze(entry.replace(/\/[^/\n]*\/,?/, ' ').replace(/[{}]/g, '')))
    .filter((entry) => entry.length > 60)
    .map(splitSentences);
}

/** Entries between empty lines, line breaks lost: one unit each. */
export function readEntries(text) {
  return text
    .split(/\n\s*\n/)
    .slice(6)
    .map((entry) => [squeeze(entry)]);
}

/** Texts of a program: what stands between zero bytes and reads like a sentence. */
export function readProgram(text) {
  return text
    .split('\0')
    .filter((part) => /^["A-Z][\n -~]{40,}[.!?"]$/.test(part) && !/[%{}\\|]|usage|--/i.test(part))
    .map((part) => [squeeze(part)]);
}

/** Lists of a quiz, "question:answer": one unit a line, alternatives and optional parts resolved. */
export function readQuiz(text) {
  const lines = text.replace(/\\\n/g, '').split('\n').filter(Boolean);
  const plain = (field) =>
    squeeze(
      field
        .replace(/[{}]/g, '')
        .replace(/\[([^|\]]*)\|?[^\]]*\]/g, '$1')
        .split('|')[0] ?? '',
    );
  return [lines.map((line) => line.split(':').map(plain).filter(Boolean).slice(0, 2).join(': '))];
}

/** A list of names in JSON: one run of names. */
export function readNames(text) {
  return [JSON.parse(text)];
}
