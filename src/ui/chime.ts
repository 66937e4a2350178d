let audio: AudioContext | null = null;

/** A sound that could only start later than this, in ms, is skipped. */
const maximumDelay = 1_000;

/**
 * Plays two short notes. They are synthesized, so there is no file to load and no CSP entry to add.
 *
 * Before the visitor's first interaction, autoplay policies delay `resume()` until that interaction. The
 * sound is then out of date and isn't played.
 */
export function chime(): void {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  const context = audio;
  const requestedAt = performance.now();
  context.resume().then(
    () => {
      if (performance.now() - requestedAt < maximumDelay) play(context);
    },
    () => {
      // Not allowed yet.
    },
  );
}

function play(context: AudioContext): void {
  for (const [index, frequency] of [660, 880].entries()) {
    const start = context.currentTime + index * 0.12;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.08, start + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
    const note = new OscillatorNode(context, { frequency, type: 'sine' });
    note.connect(gain).connect(context.destination);
    note.start(start);
    note.stop(start + 0.3);
  }
}
