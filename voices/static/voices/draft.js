// The text and what goes with it, kept by the tab; what is replaced can be had back.

import { byId } from "./page.js";
import { chosenSettings, setSettings } from "./settings.js";
import { chooseVoice, chosenVoice } from "./voices.js";

const DRAFT_KEY = "draft"; // the text
const REPLACED_KEY = "replaced"; // what stood there before an example or an earlier job

const text = byId("text");
const swap = byId("swap");

const current = () => ({ text: text.value, voice: chosenVoice()?.id, settings: chosenSettings() });

function put({ text: value, voice, settings }) {
  if (voice) chooseVoice(voice);
  if (settings) setSettings(settings);
  text.value = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

/** Put another draft in the place of this one, which can be had back unless it is empty or `worthless`. */
export function replaceDraft(draft, { worthless = false } = {}) {
  const before = current();
  if (before.text.trim() && before.text !== draft.text && !worthless) keep(before);
  put(draft);
}

function keep(draft) {
  sessionStorage.setItem(REPLACED_KEY, JSON.stringify(draft));
  swap.hidden = false;
}

/** The two change places, so neither is lost. */
function swapBack() {
  const before = current();
  const kept = JSON.parse(sessionStorage.getItem(REPLACED_KEY));
  if (before.text.trim()) keep(before);
  else {
    sessionStorage.removeItem(REPLACED_KEY);
    swap.hidden = true;
  }
  put(kept);
}

export function startDraft() {
  text.value ||= sessionStorage.getItem(DRAFT_KEY) ?? "";
  swap.hidden = !sessionStorage.getItem(REPLACED_KEY);
  swap.addEventListener("click", swapBack);
  text.addEventListener("input", () => sessionStorage.setItem(DRAFT_KEY, text.value));
}
