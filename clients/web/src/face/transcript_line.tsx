/** One line of the transcript: a turn, an utterance that was ignored, or a note. */

import { Fragment } from "preact";
import { useMemo } from "preact/hooks";

import { whyIgnored } from "./announce";
import { Latency } from "./latency";
import { MarkedCommands } from "./commands";
import { StopIcon } from "./icons";
import type { Session } from "./session";
import { type Line, type ShownPiece, type TurnLine, piecesText, spaceBetween, unheardText } from "./transcript";

/** Drawn anew only when the line has changed or is read in another language: conversations grow long. */
export function TranscriptLine({ line, session }: { line: Line; session: Session }) {
  const reader = session.language.reader.value;
  return useMemo(() => <OneLine line={line} session={session} />, [line, reader, session]);
}

function OneLine({ line, session }: { line: Line; session: Session }) {
  const { language } = session;
  switch (line.kind) {
    case "turn":
      return <Turn turn={line} session={session} />;
    case "ignored":
      return <li class="note faint">{whyIgnored(line.why, line.text, language)}</li>;
    default:
      return (
        <li class={`note ${line.kind}`}>
          <MarkedCommands text={language.pick(line.english, line.chinese)} session={session} />
        </li>
      );
  }
}

function Turn({ turn, session }: { turn: TurnLine; session: Session }) {
  return (
    <li class="turn">
      <p class="bubble asked">
        <span class="visually-hidden">{session.language.say("you")}: </span>
        {turn.asked}
      </p>
      <Answer turn={turn} session={session} />
    </li>
  );
}

function Answer({ turn, session }: { turn: TurnLine; session: Session }) {
  const { say } = session.language;
  const isOpen = turn.ending === "open";
  return (
    <div class="answer">
      {/* The button inside is the same for the keyboard; the whole bubble is for fingers. */}
      <div class={`bubble ${turn.ending}`} onClick={isOpen ? () => session.interrupt() : undefined}>
        <span class="visually-hidden">{say("assistant")}: </span>
        <AnswerText turn={turn} session={session} />
        {isOpen && (
          <button type="button" class="stop" aria-label={say("tapToInterrupt")}>
            <StopIcon />
          </button>
        )}
      </div>
      {!isOpen && (
        <p class="about">
          {turn.ending === "cut" && <span class="tag">{say(turn.answer ? "interrupted" : "unanswered")}</span>}
          <Latency stagesMs={turn.stagesMs} session={session} />
        </p>
      )}
    </div>
  );
}

function AnswerText({ turn, session }: { turn: TurnLine; session: Session }) {
  const { say } = session.language;
  if (turn.ending === "whole" && !turn.answer) return <span class="aside">{say("emptyAnswer")}</span>;
  if (turn.ending === "whole") return <Quoted text={turn.answer} />;
  if (turn.ending === "cut") return <Cut turn={turn} session={session} />;
  if (turn.pieces.length === 0) return <Dots label={say("stillThinking")} />;
  return (
    <>
      {turn.pieces.map((piece, at) => (
        <Piece key={piece.number} piece={piece} before={piecesText(turn.pieces.slice(0, at))} isPaused={turn.isPaused} />
      ))}
    </>
  );
}

function Piece({ piece, before, isPaused }: { piece: ShownPiece; before: string; isPaused: boolean }) {
  const pause = isPaused && piece.state === "playing" ? "paused" : "";
  const [, space, text, after] = /^(\s*)(.*?)(\s*)$/s.exec(piece.text) ?? ["", "", piece.text, ""];
  return (
    <>
      {space || spaceBetween(before, piece.text)}
      <span class={`piece ${piece.state} ${pause}`}>{text}</span>
      {after}
    </>
  );
}

function Cut({ turn, session }: { turn: TurnLine; session: Session }) {
  const unheard = unheardText(turn);
  return (
    <>
      <Quoted text={turn.answer} />
      {unheard && (
        <span class="unheard">
          <span class="visually-hidden"> {session.language.say("unheard")} </span>
          {spaceBetween(turn.answer, unheard)}
          {unheard}
        </span>
      )}
      {!turn.answer && !unheard && "…"}
    </>
  );
}

/** What is spoken stands in straight quotes; the rest are stage directions, and smaller. */
function Quoted({ text }: { text: string }) {
  if (!text.includes('"')) return <>{text}</>;
  const parts = text.split('"').map((part, at) => ({ text: part.trim(), isSpoken: at % 2 === 1 }));
  return (
    <>
      {parts
        .filter((part) => part.text)
        .map((part, at) => (
          <Fragment key={at}>
            {at > 0 && " "}
            {part.isSpoken ? part.text : <i class="aside">{part.text}</i>}
          </Fragment>
        ))}
    </>
  );
}

function Dots({ label }: { label: string }) {
  return (
    <span class="dots">
      <span class="visually-hidden">{label}</span>
      <i aria-hidden="true" />
      <i aria-hidden="true" />
      <i aria-hidden="true" />
    </span>
  );
}
