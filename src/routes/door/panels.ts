import type { Component } from 'svelte';
import { m } from '$lib/i18n/door-texts';
import type { DoorSession } from './door-session.svelte';

/** What a panel is given. */
export interface PanelProps {
  session: DoorSession;
}

interface Panel {
  /** What the menu and the panel's heading call it. */
  title: () => string;
  /** Loaded only when it is opened: the way of a scan must stay light. The service worker has it all the same. */
  load: () => Promise<{ default: Component<PanelProps> }>;
  /** It looks through the camera itself, which takes one at a time. */
  camera?: true;
}

export type PanelName =
  | 'search'
  | 'walk_in'
  | 'conflicts'
  | 'evacuation'
  | 'nearby'
  | 'readiness'
  | 'practice'
  | 'pictures'
  | 'export'
  | 'language'
  | 'lock';

/** Everything at the door beside scanning, in the order of the menu. */
export const PANELS: Record<PanelName, Panel> = {
  search: { title: m.people_search_title, load: () => import('./SearchPanel.svelte') },
  walk_in: { title: m.staff_walk_in, load: () => import('./WalkInPanel.svelte') },
  conflicts: { title: m.people_conflicts_title, load: () => import('./ConflictsPanel.svelte') },
  evacuation: { title: m.people_evacuation_title, load: () => import('./EvacuationPanel.svelte') },
  nearby: { title: m.nearby_title, load: () => import('./NearbyPanel.svelte'), camera: true },
  readiness: { title: m.readiness_title, load: () => import('./ReadinessPanel.svelte') },
  practice: { title: m.practice_title, load: () => import('./PracticePanel.svelte') },
  pictures: { title: m.pictures_title, load: () => import('./PicturesPanel.svelte'), camera: true },
  export: { title: m.readiness_export_title, load: () => import('./ExportPanel.svelte') },
  language: { title: m.door_panel_language, load: () => import('./LanguagePanel.svelte') },
  lock: { title: m.lock_panel_title, load: () => import('./LockPanel.svelte') },
};

export const PANEL_NAMES = Object.keys(PANELS) as PanelName[];
