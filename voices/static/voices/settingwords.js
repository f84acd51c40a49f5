// Speed, pitch and liveliness in words, and the slider that says them.

import { make, number, plural, say } from "./page.js";

export const USUAL = { speed: 1, pitch: 0, variation: 1 };

const WORDS = {
  speed: (value) => `${number.format(value)}×`,
  pitch: (value) => `${value > 0 ? "+" : "−"}${number.format(Math.abs(value))} ${plural("semitones", Math.abs(value))}`,
  variation: (value) => say("percent", { value: number.format(Math.round(value * 100)) }),
};

export const settingWords = (key, value) => (value === USUAL[key] ? say("usual") : WORDS[key](value));

/** Keep what a slider says up to date, for eyes and for screen readers. */
export function drawSlider(key, input, shown) {
  const words = settingWords(key, Number(input.value));
  shown.textContent = words;
  input.setAttribute("aria-valuetext", words);
}

/** What stands under a slider: which end is which. */
export const ends = (key) => make("p", { class: "ends", "aria-hidden": "true" },
  make("span", { text: say(`${key}Low`) }), make("span", { text: say(`${key}High`) }));
