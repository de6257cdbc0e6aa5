/** Where the page begins. */

import { effect } from "@preact/signals";
import { render } from "preact";

import { App } from "./face/app";
import { followTokens, followedPlace } from "./face/place";
import { Session } from "./face/session";
import { KeptSettings, browserStorage } from "./face/settings";
import { followTheme } from "./face/theme";
import { inWords } from "./words";
import "./style.css";

function begin(root: HTMLElement): void {
  const settings = new KeptSettings(browserStorage());
  const session = new Session(settings);
  followTokens((token) => void session.offerToken(token));
  const place = followedPlace();
  effect(() => {
    const reader = session.language.reader.value;
    document.documentElement.lang = reader === "zh" ? "zh-CN" : "en";
    document.title = inWords(reader, place.value === "studio" ? "studioTitle" : "title");
  });
  followTheme(settings);
  render(<App session={session} place={place} />, root);
  void session.start();
}

const root = document.getElementById("root");
if (root) begin(root);
