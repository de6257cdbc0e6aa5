/** The settings of a character while they are edited: what is wrong with them, and what would be changed. */

import type { Config } from "./types";

/** As they are typed. */
export type ConfigDraft = { readonly [Field in keyof Config]: Config[Field] extends number ? string : Config[Field] };

export type NumberField = "epochs_s2" | "epochs_s1" | "batch_size";

/** Beyond them nothing becomes better; the server takes more from programs. */
export const MOST: Readonly<Record<NumberField, number>> = { epochs_s2: 500, epochs_s1: 200, batch_size: 128 };

export type ConfigFault = "number" | "gpu";

export function draftOfConfig(config: Config): ConfigDraft {
  const { language, enable_denoise, epochs_s2, epochs_s1, batch_size, gpu_id } = config;
  const numbers = { epochs_s2: String(epochs_s2), epochs_s1: String(epochs_s1), batch_size: String(batch_size) };
  return { language, enable_denoise, ...numbers, gpu_id };
}

/** What is wrong, by field. A number that is kept already is no fault, however large it is. */
export function faultsOf(draft: ConfigDraft, config: Config): Partial<Record<keyof Config, ConfigFault>> {
  const faults: Partial<Record<keyof Config, ConfigFault>> = {};
  for (const field of Object.keys(MOST) as NumberField[]) {
    const typed = draft[field].trim();
    const most = Math.max(MOST[field], config[field]);
    if (!/^\d{1,6}$/.test(typed) || Number(typed) < 1 || Number(typed) > most) faults[field] = "number";
  }
  if (!/^\d{1,3}(-\d{1,3})*$/.test(draft.gpu_id.trim())) faults.gpu_id = "gpu";
  return faults;
}

/** Only what differs; to be asked of a draft without faults. */
export function changesOf(draft: ConfigDraft, config: Config): Partial<Config> {
  const wished: Config = {
    language: draft.language,
    enable_denoise: draft.enable_denoise,
    epochs_s2: Number(draft.epochs_s2),
    epochs_s1: Number(draft.epochs_s1),
    batch_size: Number(draft.batch_size),
    gpu_id: draft.gpu_id.trim(),
  };
  const changed = Object.entries(wished).filter(([field, value]) => value !== config[field as keyof Config]);
  return Object.fromEntries(changed) as Partial<Config>;
}
