// The form of a new voice: files, microphone, consent.

import { post } from "./api.js";
import { byId, pageData, say, showError } from "./page.js";
import { startPicker } from "./picker.js";
import { dropRecording } from "./recorder.js";
import { addVoice } from "./voices.js";

const opener = byId("new-voice-open");
const form = byId("new-voice");
const nameInput = byId("voice-name");
const consent = byId("consent");
const errorBox = byId("new-voice-error");
const submit = byId("create-voice");

let picker = null;

function toggle(open) {
  form.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) nameInput.focus();
  else dropRecording();
}

/** What is missing, with the field to go to; null when all is there. */
function missing() {
  if (!nameInput.value.trim()) return { field: nameInput, key: "needName" };
  if (!picker.files().length) return { field: byId("files"), key: "needRecording" };
  if (!consent.checked) return { field: consent, key: "needConsent" };
  return null;
}

async function create(event) {
  event.preventDefault();
  const gap = missing();
  for (const field of [nameInput, consent]) field.setAttribute("aria-invalid", String(gap?.field === field));
  showError(errorBox, gap ? say(gap.key) : "");
  if (gap) {
    gap.field.focus();
    return;
  }
  const body = new FormData();
  body.set("name", nameInput.value.trim());
  body.set("consent", "true");
  body.set("consent_version", pageData.consentVersion);
  for (const file of picker.files()) body.append("recording", file, file.name);
  busy(true);
  try {
    const voice = await post("voices/", body);
    reset();
    toggle(false);
    await addVoice(voice);
  } catch (error) {
    showError(errorBox, error.message);
  } finally {
    busy(false);
  }
}

function busy(is) {
  submit.disabled = is;
  submit.textContent = is ? say("enrolling") : submit.dataset.label;
  form.setAttribute("aria-busy", String(is));
}

function reset() {
  picker.clear();
  form.reset();
}

export function startNewVoice() {
  submit.dataset.label = submit.textContent;
  opener.addEventListener("click", () => toggle(form.hidden));
  byId("new-voice-close").addEventListener("click", () => {
    toggle(false);
    opener.focus();
  });
  picker = startPicker({ complain: (message) => showError(errorBox, message) });
  form.addEventListener("submit", create);
}
