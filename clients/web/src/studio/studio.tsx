/** The studio's own page: notices of the server, then all characters or one of them. Loaded when it is first shown. */

import { type Signal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { BrandIcon } from "../face/icons";
import { ServerNotices } from "../face/notices";
import type { Session } from "../face/session";
import { StudioRoom } from "./room";
import { type Route, routeOf } from "./route";
import { CharacterPage } from "./view/character_page";
import { CharactersPage } from "./view/characters_page";

/** The studio as a component, with everything behind it. */
export function openStudio(session: Session): ComponentType {
  const room = new StudioRoom(session);
  return () => <Studio room={room} />;
}

function Studio({ room }: { room: StudioRoom }) {
  const route = useRoute();
  const { server } = room.session;
  const isAway = server.standing.value === "away";
  const token = server.token.value;
  useEffect(() => {
    if (!isAway && token === "fits") void room.load();
  }, [room, isAway, token]);
  useEffect(() => () => room.sounds.stop(), [room]);
  const { name, stage } = route.value;
  return (
    <div class="studio">
      <ServerNotices session={room.session} />
      {room.rules.value?.enabled === false ? (
        <SwitchedOff room={room} />
      ) : name === null ? (
        <CharactersPage room={room} />
      ) : (
        <CharacterPage key={name} desk={room.deskOf(name)} stage={stage} isAway={isAway || token !== "fits"} />
      )}
    </div>
  );
}

function SwitchedOff({ room }: { room: StudioRoom }) {
  return (
    <section class="empty">
      <BrandIcon />
      <h1>{room.session.language.say("studio")}</h1>
      <p>{room.say("switchedOff")}</p>
    </section>
  );
}

/** The part of the address that is the studio's business. */
function useRoute(): Signal<Route> {
  const route = useMemo(() => signal(routeOf(location.hash)), []);
  useEffect(() => {
    const follow = () => (route.value = routeOf(location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [route]);
  return route;
}
