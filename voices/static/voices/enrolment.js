// Recordings on their way to a voice, and the verdict on them: the same on every form that takes some.

import { post } from "./api.js";
import { byId, make, number, say, setBusy } from "./page.js";

const bar = byId("upload");
const REFUSED = [413, 415, 422]; // it is the recording that does not serve

const capital = (words) => words[0].toUpperCase() + words.slice(1);

/** Send recordings of a voice; of those that do not serve the message says so first. */
export async function sendRecordings(path, body, button) {
  try {
    return await sendForm(path, body, button);
  } catch (error) {
    if (REFUSED.includes(error.status)) error.message = `${say("useless")}: ${error.message}`;
    throw error;
  }
}

/** Send a form with files; `button` says how far it is. */
export async function sendForm(path, body, button) {
  const label = button.textContent;
  setBusy(button, true);
  bar.hidden = false;
  const told = (share) => {
    bar.value = share;
    button.textContent = share < 1 ? say("uploading", { percent: say("percent", { value: number.format(Math.floor(100 * share)) }) }) : say("listening");
    if (share >= 1) bar.removeAttribute("value"); // the server listens: nobody knows how long
  };
  told(0);
  try {
    return await post(path, body, told);
  } finally {
    bar.hidden = true;
    button.textContent = label;
    setBusy(button, false);
  }
}

/** The verdict on one recording, named when there are several. */
export function verdictOn(recording, named) {
  const { level, message } = recording.verdict;
  const name = named ? `${recording.original_name}: ` : "";
  return make("p", { class: `verdict-line ${level}`, text: name ? name + message : capital(message) });
}

/** What to tell when recordings have been taken: `heading`, then the verdict on each. */
export function showVerdict(box, heading, recordings) {
  box.replaceChildren(make("strong", { text: heading }), ...recordings.map((one) => verdictOn(one, recordings.length > 1)));
  box.classList.toggle("caution", recordings.some((one) => one.verdict.level !== "good"));
  box.hidden = false;
}
