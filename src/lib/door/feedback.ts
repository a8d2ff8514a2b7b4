type Tone = [frequency: number, start: number, duration: number];

interface Signal {
  /** Hertz, and seconds from now. */
  tones: Tone[];
  shape: OscillatorType;
  /** Milliseconds on, off, on … */
  vibration: number[];
}

/**
 * Told apart without looking: rising for in, falling for out, two deep buzzes for no, three short high ones for somebody
 * who is inside already, a siren while nobody may be let in at all, one knock for what was taken back, a chord in steps
 * when another tablet's news is all here.
 */
const SIGNALS = {
  admitted: {
    tones: [
      [660, 0, 0.12],
      [990, 0.12, 0.22],
    ],
    shape: 'sine',
    vibration: [80],
  },
  left: {
    tones: [
      [740, 0, 0.12],
      [494, 0.12, 0.2],
    ],
    shape: 'sine',
    vibration: [40, 60, 40],
  },
  refused: {
    tones: [
      [160, 0, 0.22],
      [160, 0.3, 0.32],
    ],
    shape: 'sawtooth',
    vibration: [250, 100, 250],
  },
  already_inside: {
    tones: [
      [440, 0, 0.09],
      [440, 0.14, 0.09],
      [440, 0.28, 0.09],
    ],
    shape: 'square',
    vibration: [90, 70, 90, 70, 90],
  },
  not_stored: {
    tones: [
      [880, 0, 0.2],
      [587, 0.2, 0.2],
      [880, 0.4, 0.2],
      [587, 0.6, 0.2],
      [880, 0.8, 0.2],
      [587, 1, 0.2],
    ],
    shape: 'sawtooth',
    vibration: [600, 100, 600],
  },
  exchanged: {
    tones: [
      [523, 0, 0.12],
      [659, 0.13, 0.12],
      [784, 0.26, 0.3],
    ],
    shape: 'sine',
    vibration: [60, 80, 60, 80, 120],
  },
  undone: {
    tones: [[330, 0, 0.12]],
    shape: 'triangle',
    vibration: [30],
  },
} as const satisfies Record<string, Signal>;

export type SignalName = keyof typeof SIGNALS;

let audio: AudioContext | undefined;

/** Browsers let sound out only after a touch: to be called from one. */
export function unlockSound(): void {
  audio ??= new AudioContext();
  void audio.resume();
}

/** Plays the sound of an admission, to be called from a touch. @returns whether the browser lets sound out */
export async function playSample(): Promise<boolean> {
  unlockSound();
  await audio?.resume();
  giveSignal('admitted');
  return audio?.state === 'running';
}

/** Sounds and vibrates; silent where the tablet can't. */
export function giveSignal(name: SignalName): void {
  const signal: Signal = SIGNALS[name];
  navigator.vibrate?.(signal.vibration);
  if (audio?.state !== 'running') return;
  for (const tone of signal.tones) playTone(audio, signal.shape, tone);
}

function playTone(context: AudioContext, shape: OscillatorType, [frequency, start, duration]: Tone): void {
  const begin = context.currentTime + start;
  const oscillator = new OscillatorNode(context, { type: shape, frequency });
  const volume = new GainNode(context, { gain: 0 });
  // A ramp at both ends, or the loudspeaker clicks.
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.5, begin + 0.01);
  volume.gain.setValueAtTime(0.5, begin + duration - 0.03);
  volume.gain.linearRampToValueAtTime(0, begin + duration);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(begin);
  oscillator.stop(begin + duration);
}
