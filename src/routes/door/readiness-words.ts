import type { Check, Trouble } from '$lib/door/readiness/finding';
import { m } from '$lib/i18n/door-texts';

type Words = () => string;

export const CHECK_WORDS: Record<Check, Words> = {
  door: m.readiness_check_door,
  roster: m.readiness_check_roster,
  camera: m.readiness_check_camera,
  decoder: m.readiness_check_decoder,
  sound: m.readiness_check_sound,
  storage: m.readiness_check_storage,
  persisted: m.readiness_check_persisted,
  space: m.readiness_check_space,
  offline: m.readiness_check_offline,
  network: m.readiness_check_network,
  waiting: m.readiness_check_waiting,
  others: m.learnt_check,
  clock: m.readiness_check_clock,
  battery: m.readiness_check_battery,
  awake: m.readiness_check_awake,
  update: m.readiness_check_update,
};

/** What to do about it, in one sentence. */
export const REMEDIES: Record<Trouble, Words> = {
  no_door: m.readiness_do_door,
  roster_never: m.readiness_do_roster,
  roster_old: m.readiness_do_roster,
  camera_not_allowed: m.door_camera_not_allowed,
  camera_none_found: m.door_camera_none_found,
  camera_in_use: m.door_camera_in_use,
  camera_not_supported: m.door_camera_not_supported,
  camera_failed: m.readiness_do_camera,
  camera_dark: m.readiness_do_camera,
  decoder: m.door_camera_decoder,
  sound_not_played: m.readiness_do_sound,
  sound_unheard: m.readiness_do_louder,
  storage_failed: m.door_broken_text,
  storage_slow: m.readiness_do_slow,
  not_persisted: m.readiness_do_persist,
  space_low: m.readiness_do_space,
  not_offline: m.readiness_do_offline,
  no_network: m.readiness_do_network,
  scans_waiting: m.readiness_do_waiting,
  others_old: m.learnt_do_old,
  clock_off: m.readiness_do_clock,
  battery_low: m.readiness_do_battery,
  screen_sleeps: m.readiness_do_awake,
  update_waiting: m.readiness_do_update,
};
