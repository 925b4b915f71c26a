/**
 * The first key that an object in `json` holds twice, or `undefined`. `JSON.parse` keeps the last of them
 * in silence, so two readers could see two different files. `json` must be text that `JSON.parse` takes.
 */
export function findDuplicateKey(json: string): string | undefined {
  // In valid JSON a string is a key exactly where a colon follows. One set per open object or array.
  const scopes: Set<string>[] = [];
  let string = '';
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '"': {
        const end = findStringEnd(json, i);
        string = json.slice(i, end);
        i = end - 1;
        break;
      }
      case '{':
      case '[':
        scopes.push(new Set());
        break;
      case '}':
      case ']':
        scopes.pop();
        break;
      case ':': {
        // Parsed, since "a" and "\u0061" are the same key.
        const key = JSON.parse(string) as string;
        const scope = scopes.at(-1);
        if (scope?.has(key)) return key;
        scope?.add(key);
        break;
      }
    }
  }
  return undefined;
}

// The index after the closing quote of the string that opens at `start`.
function findStringEnd(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}
