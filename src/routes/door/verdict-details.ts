import { getLocale } from '$lib/i18n';
import { m } from '$lib/i18n/door-texts';
import { correctedTime, type Scan } from '$lib/domain/scan';
import { localizedText, type Localized, type Venue } from '$lib/domain/setting';
import type { Verdict } from '$lib/domain/verdict';
import { clockTime, day, dayAndTime, timeAgo } from './times';

export interface VerdictDetails {
  name: string;
  /** Where to send the holder, to be said first. */
  place: string;
  /** What the staff may have to say, the most useful first. */
  lines: string[];
  accessNeeds: string;
}

/** Puts in words what stands beside the verdict. */
export function verdictDetails(
  verdict: Verdict,
  { venue, practice, now }: { venue: Venue | null; practice: unknown; now: number },
): VerdictDetails {
  const lines: string[] = [];
  let place = '';
  const room = verdict.workgroup && venue?.rooms.get(verdict.workgroup.roomId);
  const workgroup = verdict.workgroup && text(verdict.workgroup.title);
  switch (verdict.word) {
    case 'admitted':
      if (workgroup && room) lines.push(m.door_detail_workgroup({ room: text(room.name), workgroup }));
      if (!verdict.registration) lines.push(m.door_detail_unknown_name());
      break;
    case 'wrong_workgroup':
      if (workgroup && room) {
        place = text(room.name);
        lines.push(workgroup);
      }
      break;
    case 'already_inside': {
      const checkpoint = venue?.checkpoints.get(verdict.checkpointId);
      const device = venue?.setting.devices.find(({ id }) => id === verdict.deviceId);
      lines.push(
        [m.door_detail_inside_since({ time: clockTime(verdict.since) }), timeAgo(now - verdict.since)]
          .filter((part) => part !== null)
          .join(' · '),
        checkpoint && device
          ? m.door_detail_inside_where({ checkpoint: text(checkpoint.name), device: device.name })
          : (checkpoint && text(checkpoint.name)) || '',
      );
      break;
    }
    case 'other_event':
      if (practice) lines.push(m.practice_real_ticket());
      else if (verdict.event) {
        const title = text(verdict.event.title as Localized);
        lines.push(m.door_detail_other_event({ title, date: day(verdict.event.startsAt) }));
      }
      break;
    case 'too_early':
      lines.push(m.door_detail_from({ time: dayAndTime(verdict.from) }));
      break;
    case 'too_late':
      lines.push(m.door_detail_until({ time: dayAndTime(verdict.until) }));
      break;
    case 'room_full':
      lines.push(m.door_detail_full({ room: text(verdict.room.name), headcount: verdict.headcount }));
      break;
    case 'invalid':
      lines.push(verdict.unknownNumber ? m.readiness_number_unknown() : m.door_detail_invalid());
      break;
    case 'revoked':
      lines.push(m.door_detail_revoked());
      break;
    case 'cancelled':
    case 'waitlisted':
      lines.push(m.door_detail_ask_office());
      break;
    case 'left':
      break;
  }
  return {
    name: verdict.registration?.name ?? '',
    place,
    lines: lines.filter((line) => line !== ''),
    accessNeeds: verdict.registration?.accessNeeds ?? '',
  };
}

/** What a scan did: which way, when and at which door. */
export function scanInWords(scan: Scan, { venue }: { venue: Venue | null }): string {
  const checkpoint = venue?.checkpoints.get(scan.checkpointId);
  const about = {
    time: clockTime(correctedTime(scan)),
    checkpoint: checkpoint ? text(checkpoint.name) : scan.checkpointId,
  };
  return scan.direction === 'entry' ? m.staff_entry_at(about) : m.staff_exit_at(about);
}

function text(localized: Localized): string {
  return localizedText(localized, getLocale());
}
