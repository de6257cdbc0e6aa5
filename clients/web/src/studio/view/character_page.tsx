/** One character: its stages in a row, one button for all that is missing, and the stage that is looked at. */

import { useEffect } from "preact/hooks";

import type { Desk } from "../desk";
import type { StageName } from "../route";
import { missingWork, trainObstacle } from "../stages";
import { PROCESS } from "../types";
import { ClipsPane } from "./clips_pane";
import { BackIcon } from "./icons";
import { TroubleLine } from "./parts";
import { PersonaPane } from "./persona_pane";
import { ProofPane } from "./proof_pane";
import { RecordingsPane } from "./recordings_pane";
import { StageRow } from "./stage_row";
import { TrainingPane } from "./training_pane";
import { TryPane } from "./try_pane";

const PANES = {
  recordings: RecordingsPane,
  clips: ClipsPane,
  transcripts: ProofPane,
  training: TrainingPane,
  try: TryPane,
  persona: PersonaPane,
} as const;

const LOOK_MS = 4000;

interface Props {
  desk: Desk;
  stage: StageName;
  isAway: boolean;
}

export function CharacterPage({ desk, stage, isAway }: Props) {
  const { room } = desk;
  const { say } = room;
  useEffect(() => {
    if (!isAway) void desk.load();
  }, [desk, isAway]);
  useEffect(() => {
    if (isAway) return;
    const timer = setInterval(() => document.hidden || void desk.notice(), LOOK_MS);
    return () => clearInterval(timer);
  }, [desk, isAway]);
  useEffect(() => () => desk.rest(), [desk]);
  useEffect(() => () => room.sounds.stop(), [room, stage]);
  const Pane = PANES[stage];
  return (
    <>
      <header class="studio-head">
        <a class="back" href="#/studio">
          <BackIcon />
          {say("allCharacters")}
        </a>
        <h1>{desk.name}</h1>
      </header>
      {desk.isGone.value ? (
        <p role="alert">{say("characterGone", { name: desk.name })}</p>
      ) : (
        desk.facts.value && (
          <>
            <StageRow desk={desk} shown={stage} />
            <MakeAll desk={desk} />
            <TroubleLine trouble={desk.trouble} room={room} />
            <Pane desk={desk} />
          </>
        )
      )}
    </>
  );
}

/** One button for everything that is missing, or what stands in its way. */
function MakeAll({ desk }: { desk: Desk }) {
  const { say } = desk.room;
  const facts = desk.facts.value;
  if (!facts) return null;
  const missing = missingWork(facts);
  if (desk.making.isHalted.value && missing.length > 0) return <Halted desk={desk} isAtWork={facts.job !== null} />;
  if (desk.making.isGoing.value) {
    return (
      <p class="make-all" role="status">
        <span class="dot loading" aria-hidden="true" />
        {say("isMaking")}
      </p>
    );
  }
  if (facts.job) return null;
  if (facts.character.audio_count === 0) return <p class="make-all faint">{say("makeNothing")}</p>;
  if (missing.length === 0) return <p class="make-all faint">{say("allMade")}</p>;
  const obstacle = missing[0] === PROCESS ? null : trainObstacle(facts);
  return (
    <div class="make-all">
      <button type="button" class="main" disabled={obstacle !== null} onClick={() => void desk.make()}>
        {say("makeAll")}
      </button>
      <span class="faint">{say(obstacle ?? (missing[0] === PROCESS ? "makeBoth" : "makeVoice"))}</span>
    </div>
  );
}

/** The page was loaded anew while it was making everything: what the server was at goes on, the rest waits. */
function Halted({ desk, isAtWork }: { desk: Desk; isAtWork: boolean }) {
  const { say } = desk.room;
  return (
    <div class="make-all halted" role="status">
      <span>{say(isAtWork ? "haltedAtWork" : "halted")}</span>
      <button type="button" class="main" onClick={() => void desk.make()}>
        {say("haltedGoOn")}
      </button>
      <button type="button" onClick={() => desk.making.end()}>
        {say("haltedLeave")}
      </button>
    </div>
  );
}
