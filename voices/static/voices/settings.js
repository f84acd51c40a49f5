// Speed, pitch, liveliness and format, on the pages that make speech.

import { byId, say } from "./page.js";
import { drawSlider, settingWords, USUAL } from "./settingwords.js";

const sliders = Object.fromEntries(Object.keys(USUAL).map((key) => [key, byId(key)]));
const format = byId("format");
const summary = byId("settings-summary");

function show() {
  const changed = [];
  for (const [key, input] of Object.entries(sliders)) {
    drawSlider(key, input, byId(`${key}-value`));
    const value = Number(input.value);
    if (value !== USUAL[key]) changed.push(say(`${key}Is`, { value: settingWords(key, value) }));
  }
  const shown = format.selectedOptions[0]?.textContent ?? "";
  summary.textContent = [changed.join(", ") || say("allUsual"), shown].join(" · ");
}

/** As the API takes them. */
export const chosenSettings = () => ({
  ...Object.fromEntries(Object.entries(sliders).map(([key, input]) => [key, Number(input.value)])),
  format: format.value,
});

/** Those of an earlier job. */
export function setSettings(params) {
  const { speed } = sliders;
  speed.min = Math.min(speed.min, params.speed); // programs may ask for more than the page offers
  speed.max = Math.max(speed.max, params.speed);
  for (const [key, input] of Object.entries(sliders)) input.value = params[key] ?? USUAL[key];
  format.value = params.format;
  show();
}

/** A voice's own settings, where it has some, as its owner has put them. */
export function setVoiceSettings(voice) {
  const own = Object.entries(voice?.settings ?? {}).filter(([, value]) => value !== null);
  if (own.length) setSettings({ ...chosenSettings(), ...Object.fromEntries(own) });
}

export function startSettings(changed = () => {}) {
  for (const input of [...Object.values(sliders), format]) {
    input.addEventListener("input", () => {
      show();
      changed();
    });
  }
  show();
}
