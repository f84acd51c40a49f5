// The form of a new voice: files, microphone, consent.

import { post } from "./api.js";
import { byId, iconButton, limits, make, say, showError } from "./page.js";
import { dropRecording, startRecorder } from "./recorder.js";
import { addVoice } from "./voices.js";

const SOUND = /\.(mp3|wav|flac|ogg|oga|opus|m4a|mp4|aac|webm)$/i;

const opener = byId("new-voice-open");
const form = byId("new-voice");
const nameInput = byId("voice-name");
const consent = byId("consent");
const list = byId("recordings");
const errorBox = byId("new-voice-error");
const submit = byId("create-voice");
const drop = byId("drop");

let files = [];

function take(added) {
  showError(errorBox, "");
  for (const file of added) {
    const problem = problemOf(file);
    if (problem) showError(errorBox, problem);
    else files.push(file);
  }
  draw();
}

function problemOf(file) {
  const bytes = files.reduce((sum, one) => sum + one.size, file.size);
  if (!file.size) return say("emptyFile", { name: file.name });
  if (!SOUND.test(file.name) && !/^(audio|video)\//.test(file.type)) return say("notAudio", { name: file.name });
  if (files.length >= limits.recordings) return say("tooMany", { count: limits.recordings });
  if (bytes > limits.uploadBytes) return say("tooLarge", { megabytes: limits.uploadBytes / 2 ** 20 });
  return "";
}

function draw() {
  for (const audio of list.querySelectorAll("audio")) URL.revokeObjectURL(audio.src);
  list.replaceChildren(...files.map((file) => make("li", {},
    make("span", { class: "name", text: file.name, title: file.name }),
    iconButton("trash", say("removeRecording", { name: file.name }), () => {
      files = files.filter((other) => other !== file);
      draw();
    }),
    make("audio", { controls: true, preload: "metadata", src: URL.createObjectURL(file) }),
  )));
}

function toggle(open) {
  form.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) nameInput.focus();
  else dropRecording();
}

/** What is missing, with the field to go to; null when all is there. */
function missing() {
  if (!nameInput.value.trim()) return { field: nameInput, key: "needName" };
  if (!files.length) return { field: byId("files"), key: "needRecording" };
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
  for (const file of files) body.append("recording", file, file.name);
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
  files = [];
  draw();
  form.reset();
}

export function startNewVoice() {
  submit.dataset.label = submit.textContent;
  opener.addEventListener("click", () => toggle(form.hidden));
  byId("new-voice-close").addEventListener("click", () => {
    toggle(false);
    opener.focus();
  });
  byId("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  form.addEventListener("submit", create);
  startRecorder({ take: (file) => take([file]), complain: (message) => showError(errorBox, message) });
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
