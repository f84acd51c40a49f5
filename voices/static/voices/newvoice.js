// The form of a new voice: files, microphone, consent.

import { sendRecordings, showVerdict } from "./enrolment.js";
import { byId, isBusy, pageData, say, showError } from "./page.js";
import { startPicker } from "./picker.js";
import { keepRecording } from "./recorder.js";
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
  else keepRecording();
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
  if (isBusy(submit)) return;
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
  try {
    const voice = await sendRecordings("voices/", body, submit);
    picker.clear();
    form.reset();
    toggle(false);
    await addVoice(voice);
    showVerdict(byId("voice-note"), say("voiceReady", { name: voice.name }), voice.recordings);
  } catch (error) {
    showError(errorBox, error.message);
  }
}

export function startNewVoice() {
  opener.addEventListener("click", () => toggle(form.hidden));
  byId("new-voice-close").addEventListener("click", () => {
    toggle(false);
    opener.focus();
  });
  picker = startPicker({ complain: (message) => showError(errorBox, message) });
  form.addEventListener("submit", create);
}
