let audio: AudioContext | null = null;

/** A sound that comes later than so, in ms, is of nothing that just came. */
const late = 1_000;

/**
 * Two short notes, made on the spot: no file to load, and no entry in the site's CSP. A browser that
 * lets no page sound before the visitor has touched it keeps silent, at that touch as well.
 */
export function chime(): void {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  const context = audio;
  const askedAt = performance.now();
  context.resume().then(
    () => {
      if (performance.now() - askedAt < late) play(context);
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
