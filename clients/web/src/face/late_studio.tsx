/** The studio is fetched when somebody goes there; whoever only talks never loads it. */

import { type Signal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

import type { Session } from "./session";

/** Kept as long as the page, so that uploads go on while one talks. */
export class LateStudio {
  readonly view: Signal<ComponentType | null> = signal(null);
  readonly hasFailed = signal(false);

  constructor(private readonly session: Session) {}

  async load(): Promise<void> {
    if (this.view.peek()) return;
    try {
      const { openStudio } = await import("../studio/studio");
      this.view.value ??= openStudio(this.session);
    } catch {
      this.hasFailed.value = true;
    }
  }
}

export function StudioPlace({ studio, session }: { studio: LateStudio; session: Session }) {
  const { say } = session.language;
  useEffect(() => void studio.load(), [studio]);
  const View = studio.view.value;
  if (View) return <View />;
  return (
    <section class="empty">
      <h1>{say("studio")}</h1>
      {studio.hasFailed.value && (
        <>
          <p role="alert">{say("studioAway")}</p>
          <button type="button" class="main" onClick={() => location.reload()}>
            {say("reload")}
          </button>
        </>
      )}
    </section>
  );
}
