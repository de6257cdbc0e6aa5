/** What a request fails with. */

import type { Sentence, TroubleKind } from "./types";

/** The server is away, or refused, or broke off; both sentences can be shown. */
export class ServerTrouble extends Error implements Sentence {
  constructor(
    readonly kind: TroubleKind,
    readonly english: string,
    readonly chinese: string,
    /** How long the server asks to wait. */
    readonly retryAfterS: number | null = null,
  ) {
    super(english);
  }
}
