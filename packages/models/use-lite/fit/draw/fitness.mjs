/** What is kept out of the text: slurs, anything indecent, debris of markup. */

// Slurs of the time and of today, the first with its older spellings.
const slurs =
  /\bn[ei]g+(?:er|ro|a\b)|\bdark(?:ey|ie|y)s?\b|\binjuns?\b|half-?breed|\bcoons?\b|\bsquaws?\b|\bgyps(?:y|ies)\b|\bfag+(?:ot)?s?\b|\bchinam[ae]n\b|\bmulatto|\bmongol|hottentot|\bethiop|\bsavages?\b|\bredskin|\bheathen\b|\bretard/i;
const indecent =
  /whore|harlot|fornicat|concubin|adulter|\brap(?:e[ds]?|ing|ist)\b|ravish|bastard|\bbitch|\bslut|\bdamn|fuck|shit|\bcrap\b|\bpiss|\bcunt|\bdick\b|\btits?\b|\bpenis|\bporn|\bsex(?:ual|y)?\b|nakedness|foreskin|circumcis|\bdung\b|genital|\borgas|\bteat|\bloins\b|\bseed of copulation|\blie with\b|\blay with her|\bharem|suicid|\bhell\b|\barse\b|\bass(?:hole)?\b|\bbreasts?\b|\bvirgin|\blewd|\bcastrat|eunuch/i;
// Peoples and faiths named in fiction, satire and old speeches, where the naming is seldom kind.
const peoples =
  /\bjew(?:s|ish|ess)?\b|\bnegro|\bindians?\b|\bslaves?\b|\bslavery\b|\bafrican|\bchinese\b|\barabs?\b|\bturks?\b|\billegal (?:alien|immig)|\bimmigra/i;
const debris =
  /project gutenberg|gutenberg-tm|\{\{|\}\}|\uFFFD|<\/?[a-z]+>|\[\d+\]|_{3}|\*{3}|={4}|-{6}|&\w+;|\.html\b/i;

/** Whether a text may be used; `careful` also turns away texts that name a people. */
export function isFit(text, careful = false) {
  if (slurs.test(text) || indecent.test(text)) return false;
  return !(careful && peoples.test(text));
}

/** Whether a drawn text is whole words of some use: no debris, at least two words or one of six letters. */
export function isWhole(text) {
  return !debris.test(text) && (/\S\s+\S/.test(text) || text.length > 5);
}

/** The slurs alone: the only words that prose chosen by hand is searched for. */
export function hasSlur(text) {
  return /\bn[ei]g+(?:er|ro)/i.test(text);
}
