// One form for a new voice, more recordings of a voice, and a phrase read aloud for its consent.

import { post } from "./api.js";
import { sendForm, sendRecordings } from "./enrolment.js";
import { byId, isBusy, number, pageData, say, showError } from "./page.js";
import { startPicker } from "./picker.js";
import { dropRecording } from "./recorder.js";

const form = byId("voice-form");
const heading = byId("form-heading");
const nameInput = byId("voice-name");
const consent = byId("consent");
const submit = byId("send");
const WORDS = { new: ["formNew", "sendNew"], add: ["formAdd", "sendAdd"], phrase: ["formPhrase", "sendPhrase"] };

const complain = (message) => showError(byId("form-error"), message);

/** `done({voice, message, recordings})` is called when the server has taken what was sent. */
export function startForm({ done }) {
  const picker = startPicker({ complain });
  let mode = "new";
  let voice = null;
  let phrase = null;

  function close() {
    show("new", null);
    form.reset();
  }

  function show(wanted, which) {
    [mode, voice, phrase] = [wanted, which, null];
    dropRecording();
    complain("");
    picker.clear(mode === "phrase" ? 1 : undefined);
    heading.textContent = say(WORDS[mode][0], { name: voice?.name });
    submit.textContent = say(WORDS[mode][1]);
    byId("name-field").hidden = mode !== "new";
    byId("consent-field").hidden = mode === "phrase";
    byId("record-hint").hidden = mode === "phrase";
    byId("phrase-box").hidden = mode !== "phrase";
    byId("form-cancel").hidden = mode === "new";
  }

  /** What was begun and not sent is not thrown away unasked. */
  const begun = () => picker.files().length > 0 || (mode === "new" && nameInput.value.trim() !== "");

  async function open(wanted, which) {
    if (begun() && !confirm(say("dropBegun"))) return;
    show(wanted, which);
    heading.focus();
    heading.scrollIntoView({ block: "start" });
    if (wanted === "phrase") await newPhrase().catch((error) => complain(error.message));
  }

  async function newPhrase() {
    phrase = await post(`voices/${voice.id}/consent/phrase/`);
    byId("phrase").textContent = phrase.text;
  }

  /** What is missing, with the field to go to; null when all is there. */
  function missing() {
    if (mode === "new" && !nameInput.value.trim()) return { field: nameInput, key: "needName" };
    if (!picker.files().length) return { field: byId("record"), key: "needRecording" };
    if (mode !== "phrase" && !consent.checked) return { field: consent, key: "needConsent" };
    return null;
  }

  async function send() {
    const body = new FormData();
    for (const file of picker.files()) body.append("recording", file, file.name);
    if (mode === "phrase") {
      body.set("phrase", phrase.id);
      return judge(await sendForm(`voices/${voice.id}/consent/spoken/`, body, submit));
    }
    body.set("consent", "true");
    body.set("consent_version", pageData.consentVersion);
    if (mode === "add") {
      const known = voice.recordings.map((one) => one.id);
      const grown = await sendRecordings(`voices/${voice.id}/recordings/`, body, submit);
      const added = grown.recordings.filter((one) => !known.includes(one.id));
      return { id: voice.id, message: say("recordingsAdded", { name: voice.name }), recordings: added };
    }
    body.set("name", nameInput.value.trim());
    const made = await sendRecordings("voices/", body, submit);
    return { id: made.id, message: say("voiceReady", { name: made.name }), recordings: made.recordings };
  }

  function judge(outcome) {
    if (outcome.passed) return { id: voice.id, message: say("phrasePassed", { name: voice.name }) };
    const percent = (share) => say("percent", { value: number.format(Math.round(share * 100)) });
    const values = { got: percent(outcome.similarity), need: percent(outcome.required_similarity) };
    throw new Error(say(outcome.same_voice ? "phraseOtherWords" : "phraseOtherVoice", values));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy(submit)) return;
    const gap = missing();
    for (const field of [nameInput, consent]) field.setAttribute("aria-invalid", String(gap?.field === field));
    complain(gap ? say(gap.key) : "");
    if (gap) {
      gap.field.focus();
      return;
    }
    try {
      const outcome = await send();
      close();
      await done(outcome);
    } catch (error) {
      if (mode === "phrase") {
        // a phrase counts once, whatever came of it
        picker.clear(1);
        await newPhrase().catch(() => {});
      }
      complain(error.message);
    }
  });
  byId("form-cancel").addEventListener("click", () => (!begun() || confirm(say("dropBegun"))) && close());
  return { open, close };
}
