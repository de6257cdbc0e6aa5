/** The server's refusals as sentences in both languages; those of the original service exist in Chinese only. */

import { ServerTrouble } from "../talk/server_trouble";

/** Patterns of the original's sentences, and what they mean; $1 is the name in them. */
const KNOWN: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(?:新角色名称已存在|角色已存在): (.+)$/, "There is a character called $1 already."],
  [/^角色不存在(?:: (.+))?$/, "This character is gone."],
  [/^音频文件不存在: (.+)$/, "The recording $1 is gone."],
  [/^片段不存在: (.+)$/, "The clip $1 is gone."],
  [/^角色名称只能包含/, "A name consists of letters, digits, underscores and hyphens."],
  [/^角色 (.+) 的音频处理尚未完成，无法开始训练/, "The recordings of $1 must be processed before training."],
  [/^角色 (.+) 的模型尚未训练完成/, "The voice of $1 has not been trained yet."],
  [/^(?:音频处理|训练|推理)记录不存在/, "There is no such work."],
  [/^推理尚未完成/, "It has not been spoken yet."],
  [/^推理结果文件不存在/, "The sound is gone."],
  [/^推理执行失败/, "It could not be spoken."],
];

export class StudioRefusal extends ServerTrouble {
  constructor(
    readonly status: number,
    english: string,
    chinese: string,
  ) {
    super(status === 401 ? "unauthorised" : "other", english, chinese);
  }
}

/** body: what the server answered, parsed; anything else where it was no JSON. */
export function refusalOf(status: number, body: unknown): StudioRefusal {
  const { detail, detail_en: english } = (typeof body === "object" && body ? body : {}) as Record<string, unknown>;
  if (status === 401) return new StudioRefusal(401, "The server wants an access token.", "服务需要访问令牌。");
  const said = typeof detail === "string" ? detail : fieldsOf(detail);
  if (!said) return new StudioRefusal(status, `The server refused (${status}).`, `服务拒绝了请求（${status}）。`);
  return new StudioRefusal(status, typeof english === "string" ? english : inEnglish(said), said);
}

/** A sentence of the original in English, where it is known. */
export function inEnglish(sentence: string): string {
  for (const [pattern, english] of KNOWN) {
    const found = pattern.exec(sentence);
    if (found) return english.replace("$1", found[1] ?? "");
  }
  return sentence;
}

/** What is wrong with which field, as the framework lists it. */
function fieldsOf(detail: unknown): string {
  if (!Array.isArray(detail)) return "";
  const told = detail as ReadonlyArray<{ loc?: readonly unknown[]; msg?: string }>;
  return told.map(({ loc, msg }) => `${loc?.[loc.length - 1] ?? ""}: ${msg ?? ""}`).join("; ");
}

/** The character is no trouble to be told, but the end of its page. */
export class Gone extends Error {}

/** What was asked for; rejects with Gone where the character does not exist any more. */
export async function unlessGone<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StudioRefusal && error.status === 404 && /^角色不存在/.test(error.chinese)) throw new Gone();
    throw error;
  }
}

/** An older server lacks some routes. */
export async function unlessAbsent<Result>(asked: Promise<Result>, instead: Result): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StudioRefusal && (error.status === 404 || error.status === 405)) return instead;
    throw error;
  }
}
