/** Everything behind the page: the conversation, the microphone, the server and what is kept, as signals to draw. */

import { batch, computed, effect, signal } from "@preact/signals";

import { WebPlayer } from "../sound/player";
import { REAL_CLOCK } from "../talk/clock";
import { Conversation } from "../talk/conversation";
import { loadSilero } from "../talk/silero";
import type { Choices, Sentence, TalkEvent, TalkState } from "../talk/types";
import { announcement } from "./announce";
import { Keeper } from "./keeper";
import { Language } from "./language";
import { MicrophoneControl } from "./microphone_control";
import { ServerView } from "./server_view";
import { type KeptSettings, type Settings, withdrawn } from "./settings";
import { Tabs, newTabName, openChannel } from "./tabs";
import { type Line, turnsOf, withEvent } from "./transcript";
import { optionsOf } from "./talk_options";

const NOT_KEPT: Sentence = {
  english: "This browser keeps nothing for the page: the conversation will be gone when you leave.",
  chinese: "这个浏览器不为网页保存内容：离开后对话就没有了。",
};
/** The header, the token field and the microphone's own notice tell these already. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["unauthorised", "away", "back", "microphone", "insecure"]);

export class Session {
  readonly state = signal<TalkState>("off");
  readonly lines = signal<readonly Line[]>([]);
  readonly turns = computed(() => turnsOf(this.lines.value));
  /** What a screen reader says next; numbered, since the same words may have to be said twice. */
  readonly announced = signal({ number: 0, text: "" });
  /** Whether the server, or one utterance of the user, has shown that there is no recogniser for it. */
  readonly isDeaf = computed(() => this.wasDeaf.value || this.server.hasNoRecogniser.value);
  /** A token that a link brought while another one is kept; null where there is nothing to decide. */
  readonly offeredToken = signal<string | null>(null);
  /** Whether another tab of this browser keeps the conversation, and this one keeps nothing. */
  readonly isKeptElsewhere = signal(false);
  readonly language: Language;
  readonly server: ServerView;
  readonly microphone: MicrophoneControl;
  private readonly wasDeaf = signal(false);
  private wasOn = false;
  private readonly player = new WebPlayer();
  private readonly conversation: Conversation;
  private readonly tabs = new Tabs(openChannel(), REAL_CLOCK, newTabName(Date.now()));
  private readonly keeper = new Keeper(this.tabs, () => this.tell(NOT_KEPT));

  constructor(readonly settings: KeptSettings) {
    this.language = new Language(settings, navigator.languages);
    this.server = new ServerView(location.origin, settings);
    const loadDetector = () => loadSilero("/web/silero_vad_16k.safetensors");
    this.conversation = new Conversation({ server: this.server.client, player: this.player, loadDetector });
    this.microphone = new MicrophoneControl(this.conversation, settings, () => this.player.unlock(), this.tell);
    this.conversation.on((event) => this.take(event));
    effect(() => this.apply(settings.now.value));
    this.tabs.onYield = () => this.yield();
    this.tabs.onDeleted = () => this.clear();
    effect(() => this.announceServer());
    effect(() => this.letGo(this.server.choices.value));
    effect(() => this.announceMicrophone());
    effect(() => this.keeper.saveTexts(this.turns.value, this.conversation.history.entries));
  }

  /** Puts back what an earlier visit left, then looks for the server. */
  async start(): Promise<void> {
    this.server.start();
    const kept = await this.keeper.load();
    if (!kept || this.lines.value.length > 0) return;
    this.conversation.history.restore(kept.history);
    this.lines.value = kept.turns;
  }

  ask(text: string): void {
    void this.player.unlock();
    this.conversation.ask(text);
  }

  interrupt(): void {
    this.conversation.interrupt();
  }

  /** The token that the user typed; the question that failed for the lack of it is asked again. */
  async useToken(token: string): Promise<void> {
    this.offeredToken.value = null;
    this.settings.setToken(token);
    if (await this.server.tryToken(token)) this.conversation.askAgain();
  }

  /** A token of a link: whoever made the link must not be able to take away the one that is kept. */
  offerToken(token: string): void {
    const kept = this.settings.token.peek();
    if (!kept || kept === token) void this.useToken(token);
    else this.offeredToken.value = token;
  }

  /** Deletes the conversation, in the other tabs as well. */
  forget(): void {
    this.clear();
    // The tab that keeps it may be gone by now.
    this.keeper.forget();
    this.tabs.tellDeleted();
  }

  /** "" says nothing. */
  announce(text: string): void {
    if (text) this.announced.value = { number: this.announced.peek().number + 1, text };
  }

  /** The sounds of the conversation, in order, as far as they were heard. */
  readonly sounds = () => this.keeper.sounds();

  /** Troubles that the conversation does not know: of the browser's recognition and of its memory. */
  private readonly tell = (trouble: Sentence): void => this.take({ type: "trouble", kind: "sound", ...trouble });

  private clear(): void {
    this.conversation.forget();
    this.lines.value = [];
    if (this.tabs.isKeeping) this.keeper.forget();
  }

  private yield(): void {
    this.isKeptElsewhere.value = true;
    this.announce(this.language.say("keptElsewhere"));
  }

  private take(event: TalkEvent): void {
    batch(() => {
      if (event.type === "state") this.state.value = event.state;
      if (event.type === "trouble") this.takeTrouble(event);
      else this.lines.value = withEvent(this.lines.value, event);
      if (!isOfServer(event)) this.announce(announcement(event, this.turns.value, this.language));
    });
    this.keeper.take(event, this.turns.value, this.settings.now.value.keepsRecordings);
  }

  private takeTrouble(event: Extract<TalkEvent, { type: "trouble" }>): void {
    if (event.kind === "unauthorised") this.server.tokenWanted();
    if (event.kind === "away" || event.kind === "back") this.server.look();
    if (event.kind === "no_recogniser") this.wasDeaf.value = true;
    if (!TOLD_ELSEWHERE.has(event.kind)) this.lines.value = withEvent(this.lines.value, event);
  }

  private announceServer(): void {
    if (this.server.standing.value === "away") this.announce(this.language.say("away"));
    if (this.server.isBack.value) this.announce(this.language.say("back"));
  }

  private announceMicrophone(): void {
    const isOn = this.microphone.isOn.value;
    if (isOn !== this.wasOn) this.announce(this.language.say(isOn ? "listening" : "off"));
    this.wasOn = isOn;
  }

  private letGo(choices: Choices): void {
    const changes = withdrawn(this.settings.now.peek(), choices);
    if (this.server.hasChoices.value && Object.keys(changes).length > 0) this.settings.change(changes);
  }

  private apply(settings: Settings): void {
    this.conversation.options = { ...this.conversation.options, ...optionsOf(settings) };
    this.microphone.follow(settings, this.isDeaf.value, this.language.reader.value);
  }
}

/** The header watches the server itself, and tells sooner. */
function isOfServer(event: TalkEvent): boolean {
  return event.type === "trouble" && (event.kind === "away" || event.kind === "back");
}
