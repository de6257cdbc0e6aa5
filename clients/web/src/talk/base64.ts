/** Base64 as the server writes it (URL-safe) and as browsers do. */

/** Small enough for the arguments of one call. */
const BLOCK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < bytes.length; at += BLOCK) letters += String.fromCharCode(...bytes.subarray(at, at + BLOCK));
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_");
}

/** Both alphabets, with padding or without; empty when the text is no base64. */
export function fromBase64(text: string): Uint8Array {
  try {
    const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
