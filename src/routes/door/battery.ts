export interface Battery {
  /** 0 to 1. */
  level: number;
  charging: boolean;
}

/** @returns null where the browser doesn't tell */
export async function readBattery(): Promise<Battery | null> {
  const source = navigator as Navigator & { getBattery?: () => Promise<Battery> };
  try {
    const battery = await source.getBattery?.();
    return battery ? { level: battery.level, charging: battery.charging } : null;
  } catch {
    return null;
  }
}
