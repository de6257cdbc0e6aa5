/** The settings: who answers, how the user is heard, this page, and what is kept. */

import { Segmented } from "./fields";
import { HowHeard } from "./how_heard";
import { KeptSection } from "./kept_section";
import type { Session } from "./session";
import { Sheet } from "./sheet";
import { WhoAnswers } from "./who_answers";

export function SettingsSheet({ session, close }: { session: Session; close: () => void }) {
  const { say } = session.language;
  return (
    <Sheet title={say("settings")} closeLabel={say("close")} close={close}>
      <WhoAnswers session={session} />
      <HowHeard session={session} />
      <PageSection session={session} />
      <KeptSection session={session} />
    </Sheet>
  );
}

function PageSection({ session }: { session: Session }) {
  const { say } = session.language;
  const now = session.settings.now.value;
  return (
    <section class="group">
      <h3>{say("page")}</h3>
      <Segmented
        label={say("reader")}
        value={now.reader}
        choices={[
          ["auto", say("byBrowser")],
          ["en", "English"],
          ["zh", "中文"],
        ]}
        onChoose={(reader) => session.settings.change({ reader })}
      />
      <Segmented
        label={say("theme")}
        value={now.theme}
        choices={[
          ["auto", say("bySystem")],
          ["light", say("light")],
          ["dark", say("dark")],
        ]}
        onChoose={(theme) => session.settings.change({ theme })}
      />
    </section>
  );
}
