/** The frame of the page: header, the place that is shown, and the sheets that open over it. */

import { type Signal, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { BrandIcon, SettingsIcon } from "./icons";
import { LateStudio, StudioPlace } from "./late_studio";
import type { Place } from "./place";
import { ServerSheet } from "./server_sheet";
import type { Session } from "./session";
import { SettingsSheet } from "./settings_sheet";
import { Talk } from "./talk";
import type { Standing } from "./server_view";
import type { Word } from "../words";

type OpenSheet = "none" | "settings" | "server";

export function App({ session, place }: { session: Session; place: Signal<Place> }) {
  const sheet = useMemo(() => signal<OpenSheet>("none"), []);
  const studio = useMemo(() => new LateStudio(session), [session]);
  const close = () => {
    sheet.value = "none";
  };
  return (
    <>
      <SkipLink session={session} />
      <Header session={session} place={place.value} open={(which) => (sheet.value = which)} />
      <main id="main" tabIndex={-1}>
        {place.value === "studio" ? <StudioPlace studio={studio} session={session} /> : <Talk session={session} />}
      </main>
      {sheet.value === "settings" && <SettingsSheet session={session} close={close} />}
      {sheet.value === "server" && <ServerSheet session={session} close={close} />}
      <p class="visually-hidden" role="status" aria-live="polite">
        <span key={session.announced.value.number}>{session.announced.value.text}</span>
      </p>
    </>
  );
}

function SkipLink({ session }: { session: Session }) {
  const jump = (event: Event) => {
    // The part of the address after # says which place is shown.
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return (
    <a class="skip" href="#main" onClick={jump}>
      {session.language.say("skip")}
    </a>
  );
}

function Header({ session, place, open }: { session: Session; place: Place; open: (which: OpenSheet) => void }) {
  const { say } = session.language;
  return (
    <header>
      <a class="brand" href="#/talk">
        <BrandIcon />
        <span>{say("name")}</span>
      </a>
      <nav aria-label={say("places")}>
        {(["talk", "studio"] as const).map((name) => (
          <a key={name} href={`#/${name}`} aria-current={place === name ? "page" : undefined}>
            {say(name)}
          </a>
        ))}
      </nav>
      <div class="header-tools">
        <ServerButton session={session} onClick={() => open("server")} />
        <LanguageButton session={session} />
        <button type="button" class="round" aria-label={say("settings")} onClick={() => open("settings")}>
          <SettingsIcon />
        </button>
      </div>
    </header>
  );
}

const STANDINGS: Record<Standing, Word> = {
  unknown: "serverUnknown",
  away: "serverAway",
  loading: "serverLoading",
  partly: "serverPartly",
  ready: "serverReady",
};

function ServerButton({ session, onClick }: { session: Session; onClick: () => void }) {
  const standing = session.server.standing.value;
  return (
    <button type="button" class="quiet server-button" onClick={onClick}>
      <span class={`dot ${standing}`} aria-hidden="true" />
      <span class="server-words">{session.language.say(STANDINGS[standing])}</span>
    </button>
  );
}

function LanguageButton({ session }: { session: Session }) {
  const other = session.language.reader.value === "zh" ? "en" : "zh";
  return (
    <button type="button" class="quiet" lang={other} onClick={() => session.settings.change({ reader: other })}>
      {session.language.say("otherLanguage")}
    </button>
  );
}
