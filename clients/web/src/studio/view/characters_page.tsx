/** All characters as cards, and a form for a new one. */

import { useEffect } from "preact/hooks";

import type { StudioRoom } from "../room";
import { CharacterCard } from "./character_card";
import { NewCharacter } from "./new_character";
import { TroubleLine } from "./parts";

/** How often the list is looked at while somebody works. */
const LOOK_MS = 4000;

export function CharactersPage({ room }: { room: StudioRoom }) {
  const { say } = room;
  const characters = room.characters.value;
  const isWorking = characters?.some(
    (one) => one.audio_processing_status === "running" || one.training_status === "running",
  );
  useEffect(() => void room.load(), [room]);
  useEffect(() => {
    if (!isWorking) return;
    const timer = setInterval(() => void room.load(), LOOK_MS);
    return () => clearInterval(timer);
  }, [room, isWorking]);
  return (
    <>
      <header class="studio-head">
        <h1>{room.session.language.say("studio")}</h1>
        <p class="faint">{say("studioWhat")}</p>
      </header>
      <TroubleLine trouble={room.trouble} room={room} />
      {characters && (
        <>
          {characters.length > 0 && (
            <ul class="cards" role="list" aria-label={say("characters")}>
              {characters.map((character) => (
                <CharacterCard key={character.character_name} character={character} room={room} />
              ))}
            </ul>
          )}
          <NewCharacter room={room} isFirst={characters.length === 0} />
        </>
      )}
    </>
  );
}
