// Speed, pitch, liveliness and format, on the pages that make speech.

import { byId, number, plural } from "./page.js";

const speed = byId("speed");
const pitch = byId("pitch");
const variation = byId("variation");
const format = byId("format");

function show() {
  const semitones = Number(pitch.value);
  byId("speed-value").textContent = `${number.format(speed.value)}×`;
  byId("pitch-value").textContent = `${semitones > 0 ? "+" : ""}${number.format(semitones)} ${plural("semitones", Math.abs(semitones))}`;
  byId("variation-value").textContent = number.format(variation.value);
}

/** As the API takes them. */
export const chosenSettings = () => ({
  speed: Number(speed.value),
  pitch: Number(pitch.value),
  variation: Number(variation.value),
  format: format.value,
});

/** Those of an earlier job. */
export function setSettings(params) {
  speed.min = Math.min(speed.min, params.speed); // programs may ask for more than the page offers
  speed.max = Math.max(speed.max, params.speed);
  speed.value = params.speed;
  pitch.value = params.pitch;
  variation.value = params.variation ?? 1;
  format.value = params.format;
  show();
}

/** A voice's own settings, where it has some, as its owner has put them. */
export function setVoiceSettings(voice) {
  const own = Object.entries(voice?.settings ?? {}).filter(([, value]) => value !== null);
  if (own.length) setSettings({ ...chosenSettings(), ...Object.fromEntries(own) });
}

export function startSettings(changed = () => {}) {
  for (const input of [speed, pitch, variation]) {
    input.addEventListener("input", () => {
      show();
      changed();
    });
  }
  show();
}
