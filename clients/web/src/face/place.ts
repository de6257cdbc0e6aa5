/** Which page of the house is shown, after the # of the address; and the token that may stand there. */

import { type Signal, signal } from "@preact/signals";

export type Place = "talk" | "studio";

export function placeOf(hash: string): Place {
  return hash.replace(/^#\/?/, "").split(/[/?]/)[0] === "studio" ? "studio" : "talk";
}

/** The place that follows the address. */
export function followedPlace(): Signal<Place> {
  const place = signal(placeOf(location.hash));
  window.addEventListener("hashchange", () => {
    place.value = placeOf(location.hash);
  });
  return place;
}

/** The token of an address such as #token=abc, and the hash without it; null where there is none. */
export function tokenIn(hash: string): { token: string; rest: string } | null {
  const found = /(?:^#|[?&])token=([^&]*)/.exec(hash);
  if (!found?.[1]) return null;
  return { token: decoded(found[1]), rest: hash.replace(found[0], found[0].startsWith("#") ? "#" : "") };
}

/** A text of an address; one that nobody encoded is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Hands over each token that the address brings, now or later. */
export function followTokens(take: (token: string) => void): void {
  const look = (): void => {
    const token = takeToken();
    if (token) take(token);
  };
  window.addEventListener("hashchange", look);
  look();
}

/** Takes the token out of the address, so that it is neither copied nor bookmarked. */
function takeToken(): string | null {
  const found = tokenIn(location.hash);
  if (!found) return null;
  history.replaceState(null, "", found.rest.length > 1 ? found.rest : location.pathname + location.search);
  return found.token;
}
