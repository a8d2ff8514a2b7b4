import type { LiveDevice } from '$lib/domain/live-view';
import { getLocale, intlTag, m } from '$lib/i18n';
import { formatAgo, formatSpan } from './moments';

/** From here on down a battery is worth a look, as a share of one. */
export const LOW_BATTERY = 0.2;

/** `80 %`. @param level - 0 to 1 */
export function batteryWords(level: number): string {
  return new Intl.NumberFormat(intlTag(getLocale()), { style: 'percent' }).format(level);
}

/** When a tablet was last heard: `vor 2 Minuten`; null when it never was. @param now - by the server's clock */
export function lastHeard({ lastContactAt }: LiveDevice, now: number): string | null {
  return lastContactAt === null ? null : formatAgo(Math.max(0, now - lastContactAt), getLocale());
}

/** How a clock is off: what must be added to the slow one is positive. @param offset - in milliseconds */
export function clockWords(offset: number): string {
  const span = formatSpan(Math.abs(offset), getLocale());
  return offset > 0 ? m.office_clock_slow({ span }) : m.office_clock_fast({ span });
}

/** Whether a tablet runs the same app as the server; unknown before it has said. */
export function versionWords({ version }: LiveDevice, build: string): string {
  if (version === '') return m.devices_unknown();
  return version === build ? m.devices_version_own() : m.devices_version_other();
}

/** Which tablet brought a scan that another made. @param bringer - its name; empty where it is not known any more */
export function broughtWords(bringer: string): string {
  return m.office_scan_brought({ device: bringer || m.office_unknown_device() });
}
