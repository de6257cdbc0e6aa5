// A turn in JavaScript, in Node 18 or later and, but for its last part, in a browser: fetch, read, decode.
// node talk.mjs "What do you say?" [http://SERVER:8001] [TOKEN]

/** Yields every frame of the answer: {file, message, done}, the last with done: true. */
export async function* frames(server, history, token = "", signal = undefined) {
  const response = await fetch(`${server}/api/chat`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ msg: history }),
    signal, // aborting it ends the turn on the server as well
  });
  if (!response.ok) throw new Error(`${response.status}: ${detailOf(await response.text())}`);
  let rest = "";
  for await (const text of readable(response.body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith("data:")) yield JSON.parse(line.slice(5));
  }
}

/** The bytes of a frame's WAV file, or null where the piece has text only. */
export function wavOf(frame) {
  if (frame.file === "None" || frame.file === "") return null;
  const binary = atob(frame.file.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

function detailOf(refusal) {
  try {
    const { detail } = JSON.parse(refusal);
    if (typeof detail === "string") return detail;
  } catch { /* not of this server: a proxy's page, say */ }
  return refusal.slice(0, 200);
}

async function* readable(stream) { // Safari cannot iterate over a stream yet
  const reader = stream.getReader();
  for (let part; !(part = await reader.read()).done; ) yield part.value;
}

if (typeof process !== "undefined" && process.argv[1]?.endsWith("talk.mjs")) {
  const { writeFileSync } = await import("node:fs");
  const [question, server = "http://127.0.0.1:8001", token] = process.argv.slice(2);
  let number = 0;
  try {
    for await (const frame of frames(server, [{ role: "user", content: question }], token)) {
      console.log(frame.done ? `whole reply: ${frame.message}` : frame.message);
      const wav = wavOf(frame);
      if (wav) writeFileSync(`piece${++number}.wav`, wav);
      if (frame.error) console.error(frame.error.message);
    }
  } catch (error) { // fetch hides what went wrong in its cause
    console.error(`${server}: ${error.cause?.message || error.cause?.code || error.message}`);
    process.exitCode = 1;
  }
}
