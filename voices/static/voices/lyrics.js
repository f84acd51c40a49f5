// The page of a song's words: the song and its lyrics in, words that light up out, their times to be set anew.

import { get, patch, postOnce } from "./api.js";
import { JobList } from "./joblist.js";
import { acceptDrops, byId, iconButton, isBusy, limits, make, number, say, setBusy, showError } from "./page.js";
import { sentInParts } from "./parts.js";
import { WordStrip } from "./wordstrip.js";

const FORMATS = { lrc: "LRC", srt: "SRT", ass: "ASS", textgrid: "TextGrid", json: "JSON" };
const UNSURE = 0.3; // certainty below which a word is marked

const errorBox = byId("error");
const song = byId("song");
let file = null;
let shown = null; // the alignment in the editor
let buttons = []; // of its words
let stopAt = Infinity;

const strip = new WordStrip(byId("strip"), {
  changed: () => {
    drawWord();
    byId("save").disabled = false;
    byId("edited").textContent = say("unsaved");
  },
  picked: drawWord,
});

const jobs = new JobList({
  kinds: "alignment",
  place: "editor",
  stages: () => ["separation", "listening", "storing"],
  facts: (job) => [job.status === "succeeded" && say("words", { count: number.format(job.params.words) })],
  buttons: () => [],
  open: (job) => show(job).catch((error) => showError(errorBox, error.message)),
  hide,
});

async function show(job) {
  shown = await get(`alignments/${job.id}/`);
  byId("editor").hidden = false;
  byId("editor-title").textContent = shown.name;
  const address = `/api/v1/alignments/${shown.id}/files/`;
  song.src = `${address}source/`;
  byId("downloads").replaceChildren(...Object.entries(FORMATS).map(([role, text]) => make("a", { class: "button ghost", href: `${address}${role}/`, download: true, text })));
  byId("save").disabled = true;
  byId("edited").textContent = "";
  showError(byId("edit-error"), "");
  buttons = [];
  byId("lines").replaceChildren(...shown.lines.map(drawLine));
  strip.show(shown.lines.flatMap((line) => line.words), shown.params.song_seconds);
  if (buttons.length) strip.pick(0);
}

function hide() {
  shown = null;
  song.pause();
  song.removeAttribute("src");
  byId("editor").hidden = true;
}

function drawLine(line) {
  if (!line.words.length) return make("li", { class: "silent", text: line.text, title: say("notSung", { text: line.text }) });
  return make("li", {}, ...line.words.map((word) => {
    const index = buttons.length;
    const button = make("button", { type: "button", class: `sung-word${word.certainty < UNSURE ? " unsure" : ""}`, text: word.text, "aria-pressed": "false", onclick: () => {
      strip.pick(index);
      song.currentTime = word.start;
    } });
    buttons.push(button);
    return button;
  }));
}

function drawWord() {
  const word = strip.words[strip.chosen];
  buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === strip.chosen)));
  byId("word-name").textContent = word?.text ?? "—";
  for (const edge of ["start", "end"]) {
    const field = byId(`word-${edge}`);
    field.disabled = !word;
    if (word && document.activeElement !== field) field.value = word[edge].toFixed(2);
  }
}

/** Light the word that is sung now. */
function light() {
  const now = song.currentTime;
  if (now >= stopAt) {
    stopAt = Infinity;
    song.pause();
  }
  strip.now(now);
  if (!song.paused) strip.see(now);
  strip.words.forEach((word, index) => {
    const is = word.start <= now && now < word.end;
    if (is && !buttons[index].classList.contains("lit") && !song.paused) buttons[index].scrollIntoView({ block: "nearest" });
    buttons[index].classList.toggle("lit", is);
  });
}

function follow() {
  light();
  if (!song.paused) requestAnimationFrame(follow);
}

function hear() {
  const word = strip.words[strip.chosen];
  if (!word) return;
  song.currentTime = word.start;
  stopAt = word.end;
  song.play().catch(() => {});
}

async function save() {
  showError(byId("edit-error"), "");
  byId("save").disabled = true;
  try {
    await patch(`alignments/${shown.id}/`, { lines: shown.lines });
    byId("edited").textContent = say("saved");
  } catch (error) {
    byId("save").disabled = false;
    showError(byId("edit-error"), error.message);
  }
}

async function take(files) {
  showError(errorBox, "");
  for (const one of files) {
    if (/\.txt$/i.test(one.name)) byId("lyrics").value = await one.text();
    else file = one;
  }
  drawChosen();
}

function drawChosen() {
  byId("chosen").replaceChildren(...(file ? [make("li", {}, make("span", { text: file.name }), iconButton("trash", say("forget", { name: file.name }), () => {
    file = null;
    drawChosen();
    byId("files").focus();
  }))] : []));
}

function told(share) {
  if (share < 1) byId("status").textContent = say("uploading", { name: file.name, percent: say("percent", { value: number.format(Math.round(100 * share)) }) });
}

async function send(event) {
  event.preventDefault();
  if (isBusy(byId("start"))) return;
  const lyrics = byId("lyrics").value;
  const gap = !file ? ["files", "needSong"] : !lyrics.trim() ? ["lyrics", "needWords"] : null;
  showError(errorBox, gap ? say(gap[1]) : "");
  if (gap) {
    byId(gap[0]).focus();
    return;
  }
  setBusy(byId("start"), true);
  try {
    const body = new FormData();
    if (file.size > limits.uploadBytes) body.set("upload", await sentInParts(file, told));
    else body.set("audio", file, file.name);
    body.set("lyrics", lyrics);
    body.set("voice_only", byId("voice-only").checked);
    const job = await postOnce("alignments/", body, undefined, told);
    byId("status").textContent = say("sent");
    await jobs.sent([job.id]);
  } catch (error) {
    showError(errorBox, error.message);
  }
  setBusy(byId("start"), false);
}

byId("form").addEventListener("submit", send);
byId("files").addEventListener("change", (event) => {
  take([...event.target.files]);
  event.target.value = "";
});
acceptDrops(byId("drop"), take);
song.addEventListener("play", follow);
song.addEventListener("timeupdate", light);
for (const edge of ["start", "end"]) {
  byId(`word-${edge}`).addEventListener("change", (event) => {
    strip.set(edge, Number(event.target.value));
    event.target.value = strip.words[strip.chosen][edge].toFixed(2);
  });
}
byId("hear").addEventListener("click", hear);
byId("save").addEventListener("click", save);
jobs.start();
