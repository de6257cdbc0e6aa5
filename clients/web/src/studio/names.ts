/** What a character may be called; the server's rule, so that it can be told while one types. */

const LONGEST = 60;
const PLAIN = /^[\p{L}\p{N}_-]+$/u;
/** Windows finds devices under these names in every folder. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

export type NameFault = "empty" | "letters" | "long" | "reserved" | "taken";

/** Names are compared and kept in composed form. */
export function composed(name: string): string {
  return name.trim().normalize("NFC");
}

/** What is wrong with a name; null for a good one. */
export function nameFault(typed: string, taken: readonly string[]): NameFault | null {
  const name = composed(typed);
  if (!name) return "empty";
  if (!PLAIN.test(name)) return "letters";
  if ([...name].length > LONGEST) return "long";
  if (RESERVED.test(name)) return "reserved";
  return taken.includes(name) ? "taken" : null;
}
