/**
 * The candidate nearest to `name` by edit distance (insert, delete, replace), or `undefined` where none
 * is within 40 % of the name's length: for "did you mean" in errors. Ties go to the first.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let limit = Math.floor(Math.max(name.length * 0.4, 1));
  for (const candidate of candidates) {
    // The difference in length is a lower bound.
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return best;
}

// Wagner and Fischer 1974, one row at a time.
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    let diagonal = i;
    row[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const above = row[j + 1] as number;
      const replaced = diagonal + (a[i] === b[j] ? 0 : 1);
      row[j + 1] = Math.min(replaced, above + 1, (row[j] as number) + 1);
      diagonal = above;
    }
  }
  return row[b.length] as number;
}
