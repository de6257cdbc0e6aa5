/** The server: each engine with its state and what would improve it, and how fast it has been. */

import type { EngineHealth } from "../talk/types";
import type { Word } from "../words";
import { MarkedCommands } from "./commands";
import { LatencyPlot } from "./latency";
import type { Session } from "./session";
import { Sheet } from "./sheet";

const ENGINES = [
  ["asr", "engineAsr"],
  ["llm", "engineLlm"],
  ["tts", "engineTts"],
] as const satisfies readonly (readonly [string, Word])[];

export function ServerSheet({ session, close }: { session: Session; close: () => void }) {
  const { say } = session.language;
  const health = session.server.health.value;
  return (
    <Sheet title={say("server")} closeLabel={say("close")} close={close}>
      {health ? (
        <section class="group">
          {ENGINES.map(([name, word]) => (
            <Engine key={name} title={say(word)} engine={health.engines[name]} session={session} />
          ))}
          {health.version && <p class="faint">{say("version", { version: health.version })}</p>}
        </section>
      ) : (
        <p class="group">{say(health === null ? "away" : "serverUnknown")}</p>
      )}
      <section class="group">
        <h3>{say("timeToSound")}</h3>
        <LatencyPlot turns={session.turns.value} session={session} />
      </section>
    </Sheet>
  );
}

function Engine({ title, engine, session }: { title: string; engine: EngineHealth; session: Session }) {
  const { say, pick } = session.language;
  const note = pick(engine.note ?? "", engine.note_zh ?? engine.note ?? "");
  return (
    <article class="engine">
      <h3>
        <span class={`dot ${engine.state}`} aria-hidden="true" />
        {title}
        <span class={`tag ${engine.state}`}>{say(engine.state)}</span>
      </h3>
      {note && (
        <p>
          <MarkedCommands text={note} session={session} />
        </p>
      )}
    </article>
  );
}
