// A melody out of nothing: lyrics as syllables, keys that are tapped in time, and how the notes sound by themselves.

const VOWELS = /[аеёиоуыэюяaeiouy]/i;
const SIGNS = /[ьъй]/i;
const SHORT = 0.5; // seconds of a syllable that nobody has tapped
const LINE_REST = 0.5;
const MIDDLE = 64; // a pitch that both women and men are moved to

/** "калинка" → ["ка", "лин", "ка"]: a consonant goes with the vowel after it, of several the last one. */
export function syllablesOf(word) {
  const letters = [...word];
  const places = letters.flatMap((letter, index) => (VOWELS.test(letter) ? [index] : []));
  const cuts = places.slice(1).map((place, index) => {
    let cut = place;
    if (cut - 1 > places[index]) cut -= 1; // one consonant goes on
    while (cut > places[index] + 1 && SIGNS.test(letters[cut])) cut -= 1;
    if (cut < place && SIGNS.test(letters[cut])) cut += 1;
    return cut;
  });
  const edges = [0, ...cuts, letters.length];
  return edges.slice(1).map((end, index) => letters.slice(edges[index], end).join(""));
}

/** Lines of syllables: [[{ syllable, begins_word }]]; words without a vowel go to the next one. */
export function syllablesOfLyrics(text) {
  return text.split("\n").map((line) => {
    const found = [];
    let waiting = "";
    for (const word of line.split(/\s+/).filter((one) => /\p{L}/u.test(one))) {
      const clean = word.replace(/^[^\p{L}+]+|[^\p{L}]+$/gu, "");
      if (!VOWELS.test(clean)) {
        waiting += clean;
        continue;
      }
      syllablesOf(clean).forEach((syllable, index) => found.push({ syllable: index ? syllable : waiting + syllable, begins_word: !index }));
      waiting = "";
    }
    if (waiting && found.length) found.at(-1).syllable += waiting;
    return found;
  }).filter((line) => line.length);
}

/** Notes for lyrics that have none: even ones, all of one pitch, a rest after every line. */
export function evenNotes(lines) {
  const notes = [];
  let now = 0;
  for (const line of lines) {
    for (const syllable of line) {
      notes.push({ ...syllable, start: now, seconds: SHORT, midi: MIDDLE, loudness: 0.7 });
      now += SHORT;
    }
    now += LINE_REST;
  }
  return notes;
}

/** Give syllables to notes in order; what is left over is returned. */
export function spread(notes, lines) {
  const syllables = lines.flat();
  notes.forEach((note, index) => Object.assign(note, syllables[index] ?? { syllable: "", begins_word: true }));
  return syllables.slice(notes.length);
}

const hertz = (midi) => 440 * 2 ** ((midi - 69) / 12);

/** Plain tones, for the ear that checks the notes. */
export class Tones {
  #context = null;
  #sounding = new Map();
  #frame = 0;

  #open() {
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume();
    return this.#context;
  }

  #tone(midi, start, end) {
    const context = this.#context;
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    oscillator.type = "triangle";
    oscillator.frequency.value = hertz(midi);
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.2, start + 0.02);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    if (end !== undefined) {
      gain.gain.setValueAtTime(0.2, Math.max(start + 0.02, end - 0.04));
      gain.gain.linearRampToValueAtTime(0, end);
      oscillator.stop(end);
    }
    return { oscillator, gain };
  }

  press(midi) {
    const context = this.#open();
    this.release(midi);
    this.#sounding.set(midi, this.#tone(midi, context.currentTime));
  }

  release(midi) {
    const tone = this.#sounding.get(midi);
    if (!tone) return;
    this.#sounding.delete(midi);
    const now = this.#context.currentTime;
    tone.gain.gain.cancelScheduledValues(now);
    tone.gain.gain.setTargetAtTime(0, now, 0.03);
    tone.oscillator.stop(now + 0.2);
  }

  get playing() {
    return this.#frame > 0;
  }

  /** Play notes from a moment on; `at` hears where it is, null at the end. */
  play(notes, from, tempo, at) {
    this.stop();
    const context = this.#open();
    const began = context.currentTime + 0.05;
    const kept = notes.filter((note) => note.start >= from - 1e-6);
    this.scheduled = kept.map((note) => this.#tone(note.midi, began + (note.start - from) / tempo, began + (note.start + note.seconds - from) / tempo));
    const end = Math.max(0, ...kept.map((note) => note.start + note.seconds));
    this.at = at;
    const step = () => {
      const now = from + (context.currentTime - began) * tempo;
      if (now >= end) return this.stop();
      at(Math.max(from, now));
      this.#frame = requestAnimationFrame(step);
      return undefined;
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    for (const { oscillator } of this.scheduled) {
      oscillator.disconnect();
      oscillator.stop();
    }
    this.at(null);
  }
}
