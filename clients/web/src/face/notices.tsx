/** What stands in the way of a conversation, and what to do about it. */

import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ComponentChildren } from "preact";

import { BrowserRecognition, WHO_HEARS } from "../sound/browser_recognition";
import { Command } from "./commands";
import type { Session } from "./session";

const GET_RECOGNISER = "python3 start.py models get sensevoice";

type Kind = "warning" | "info";

export function Notices({ session }: { session: Session }) {
  return (
    <div class="notices">
      <ServerAway session={session} />
      <TokenWanted session={session} />
      <TokenOffered session={session} />
      <MicrophoneTrouble session={session} />
      <NoRecogniser session={session} />
      <KeptElsewhere session={session} />
    </div>
  );
}

/** What concerns the server alone, for places without a conversation. */
export function ServerNotices({ session }: { session: Session }) {
  return (
    <div class="notices">
      <ServerAway session={session} />
      <TokenWanted session={session} />
      <TokenOffered session={session} />
    </div>
  );
}

function Notice({ kind, children }: { kind: Kind; children: ComponentChildren }) {
  return <section class={`notice ${kind}`}>{children}</section>;
}

/** Folded to its title once there is a conversation to look at, or something more pressing. */
function FoldedNotice(props: { kind: Kind; title: string; session: Session; children: ComponentChildren }) {
  const { lines, server } = props.session;
  return (
    <details class={`notice ${props.kind}`} open={lines.value.length === 0 && server.token.value === "fits"}>
      <summary>{props.title}</summary>
      {props.children}
    </details>
  );
}

function ServerAway({ session }: { session: Session }) {
  const { say } = session.language;
  if (session.server.standing.value === "away") return <Notice kind="warning">{say("away")}</Notice>;
  return session.server.isBack.value ? <Notice kind="info">{say("back")}</Notice> : null;
}

function TokenWanted({ session }: { session: Session }) {
  const typed = useMemo(() => signal(""), []);
  const { say } = session.language;
  const state = session.server.token.value;
  if (state === "fits") return null;
  const use = (event: Event) => {
    event.preventDefault();
    if (typed.value.trim()) void session.useToken(typed.value.trim());
  };
  return (
    <Notice kind="warning">
      <form class="token" onSubmit={use}>
        <h2>{say("tokenTitle")}</h2>
        <p id="token-why">{say("tokenWhy")}</p>
        {state === "wrong" && <p role="alert">{say("tokenWrong")}</p>}
        <div class="token-row">
          <input
            type="password"
            autocomplete="off"
            aria-label={say("token")}
            aria-describedby="token-why"
            aria-invalid={state === "wrong"}
            value={typed.value}
            onInput={(event) => (typed.value = event.currentTarget.value)}
          />
          <button type="submit" class="main">
            {say("tokenSave")}
          </button>
        </div>
      </form>
    </Notice>
  );
}

function TokenOffered({ session }: { session: Session }) {
  const { say } = session.language;
  const token = session.offeredToken.value;
  if (token === null) return null;
  return (
    <Notice kind="warning">
      <p role="alert">{say("tokenOffered")}</p>
      <div class="buttons">
        <button type="button" onClick={() => void session.useToken(token)}>
          {say("tokenReplace")}
        </button>
        <button type="button" onClick={() => (session.offeredToken.value = null)}>
          {say("tokenKeep")}
        </button>
      </div>
    </Notice>
  );
}

function KeptElsewhere({ session }: { session: Session }) {
  const { say } = session.language;
  if (!session.isKeptElsewhere.value) return null;
  return (
    <FoldedNotice kind="info" title={say("keptElsewhere")} session={session}>
      <p>{say("keptElsewhereWhy")}</p>
    </FoldedNotice>
  );
}

function MicrophoneTrouble({ session }: { session: Session }) {
  const { language } = session;
  const state = session.microphone.state.value;
  if (!("english" in state)) return null;
  if (state.kind === "insecure") return <Insecure session={session} />;
  return (
    <Notice kind="warning">
      <p role="alert">{language.pick(state.english, state.chinese)}</p>
    </Notice>
  );
}

function Insecure({ session }: { session: Session }) {
  const { say } = session.language;
  const port = location.port || "80";
  const local = `http://127.0.0.1:${port}/`;
  const command = `ssh -N -L ${port}:127.0.0.1:${port} ${say("sshUser")}@${location.hostname}`;
  return (
    <FoldedNotice kind="warning" title={say("insecureTitle")} session={session}>
      <p>
        {say("insecureWhy", { local })} <Command command={command} session={session} /> {say("insecureProxy")}
      </p>
    </FoldedNotice>
  );
}

function NoRecogniser({ session }: { session: Session }) {
  const { say, pick } = session.language;
  if (!session.isDeaf.value) return null;
  const title = say(session.server.hasNoRecogniser.value ? "deafTitle" : "deafPartly");
  const agreed = session.settings.now.value.browserHears;
  const agree = (browserHears: boolean) => session.settings.change({ browserHears });
  if (agreed && BrowserRecognition.isOffered) {
    return (
      <Notice kind="info">
        <p>{say("deafActive")}</p>
        <button type="button" class="quiet" onClick={() => agree(false)}>
          {say("deafStop")}
        </button>
      </Notice>
    );
  }
  return (
    <FoldedNotice kind="info" title={title} session={session}>
      <p>
        {say("deafInstall")} <Command command={GET_RECOGNISER} session={session} />
      </p>
      {BrowserRecognition.isOffered && (
        <>
          <p>{pick(WHO_HEARS.english, WHO_HEARS.chinese)}</p>
          <button type="button" class="main" onClick={() => agree(true)}>
            {say("deafAgree")}
          </button>
        </>
      )}
    </FoldedNotice>
  );
}
