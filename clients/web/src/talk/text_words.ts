/** Words of a text in any script: a hanzi or a kana is a word, other letters make words together. */

/** Hanzi of all planes, kana, and the iteration mark; other scripts write spaces between their words. */
const CJK = "\\u3005\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const LETTER = `(?![${CJK}])[\\p{L}\\p{N}]`;
const WORD = new RegExp(`[${CJK}]|(?:${LETTER})+(?:['’](?:${LETTER})+)*`, "gu");
const IS_CJK = new RegExp(`^[${CJK}]`, "u");
const IN_WORD = /^[\p{L}\p{N}'’]/u;
/** Punctuation that goes with hanzi and kana: it has its own room, and no space beside it. */
const WIDE_MARK = /^[\u3000-\u303f\uff00-\uffef…—“”‘’]/u;

/** In lower case, without punctuation. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(WORD) ?? []).map((word) => word.replace(/’/g, "'"));
}

/** The characters of a text; a hanzi beyond the first plane is one, though it has two units. */
export function charactersOf(text: string): string[] {
  return Array.from(text);
}

/** Whether a cut before the character `at` would divide a word. */
export function continuesWord(characters: readonly string[], at: number): boolean {
  if (at <= 0 || at >= characters.length) return false;
  const [before, after] = [characters[at - 1], characters[at]];
  return !isCjk(before) && !isCjk(after) && IN_WORD.test(before) && IN_WORD.test(after);
}

/** Two texts one after the other, with the space between them that only hanzi and kana can do without. */
export function joined(before: string, after: string): string {
  const last = charactersOf(before.slice(-2)).pop();
  const first = charactersOf(after.slice(0, 2))[0];
  if (!last || !first || /\s/.test(last) || /\s/.test(first) || isWide(last) || isWide(first)) return before + after;
  return `${before} ${after}`;
}

function isWide(character: string): boolean {
  return isCjk(character) || WIDE_MARK.test(character);
}

function isCjk(character: string): boolean {
  return IS_CJK.test(character);
}
