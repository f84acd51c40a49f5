// What became of a song: its stems side by side, each to be switched on and off, the original against the result.

import { byId, clock, icon, make, number, plural, say } from "./page.js";
import { peaksOf } from "./peaks.js";

const STEP_SECONDS = 5;
const APART_SECONDS = 0.08; // what two sounds may be apart before the second is put right
const BARS_EVERY = 4; // pixels
const SIDES = { result: ["result"], original: ["vocals", "accompaniment", "source"] };
const ORDER = ["result", "converted", "vocals", "accompaniment", "source"];

const OTHERS = { f0: "curve", midi: "midi", lrc: "lrc" }; // files to take along

const box = byId("mixer");
const canvas = byId("mixer-wave");
const button = byId("mixer-play");

let tracks = []; // { role, audio, on, row }
let seconds = 0;
let peaks = [];
let turn = 0;
let playing = false;

const watchers = []; // who wants to know of the time

const heard = () => tracks.filter((track) => track.on);
const leader = () => heard()[0] ?? tracks[0];
const at = () => leader()?.audio.currentTime ?? 0;

/** Second of the mix that is played. */
export const timeNow = at;
export const listenTime = (watcher) => watchers.push(watcher);

/** Show a job that has succeeded. */
export function showMixer(job) {
  stopMixer();
  turn += 1;
  const files = new Map(job.files.map((file) => [file.role, file]));
  const mixed = files.has("accompaniment");
  const shown = ORDER.filter((role) => files.has(role) && !(role === "source" && mixed)
    && !(job.kind === "separation" && role === "result"));
  seconds = Math.max(...shown.map((role) => files.get(role).seconds ?? 0));
  tracks = shown.map((role) => track(job, files.get(role), mixed));
  byId("mixer-title").textContent = [job.name, job.voice.name].filter(Boolean).join(" · ");
  byId("stems").replaceChildren(...tracks.map((one) => one.row));
  byId("sides").hidden = job.kind !== "conversion";
  byId("notes").replaceChildren(...notesOf(job));
  byId("mixer-more").replaceChildren(...[
    files.has("report") && make("a", { class: "button ghost", href: `/api/v1/conversions/${job.id}/files/report/`, target: "_blank", rel: "noopener", text: say("report") }),
    ...[...files.keys()].filter((role) => role in OTHERS && !(role === "f0" && byId("curve"))).map((role) => make("a", { class: "button ghost", href: files.get(role).url, download: true, text: say(OTHERS[role]) })),
  ].filter(Boolean));
  box.hidden = false;
  setSide(job.kind === "separation" ? "original" : "result");
  drawButton();
  drawPeaks(files.get("result") ?? files.get("vocals"));
}

/** Of a job that is deleted. */
export function hideMixer() {
  stopMixer();
  box.hidden = true;
}

function stopMixer() {
  playing = false;
  for (const { audio } of tracks) {
    audio.pause();
    audio.removeAttribute("src");
  }
  tracks = [];
}

function notesOf(job) {
  const { semitones, notes = [] } = job.params;
  const moved = semitones ? `${semitones > 0 ? "+" : ""}${number.format(semitones)} ${plural("semitones", Math.abs(semitones))}` : "";
  const language = document.documentElement.lang;
  return [
    ...(moved ? [say("moved", { value: moved })] : []),
    ...notes.map((note) => note[language] ?? note.en),
  ].map((text) => make("li", { text: text[0].toUpperCase() + text.slice(1) }));
}

function track(job, file, mixed) {
  const { role, url } = file;
  const name = say(role === "result" && !mixed ? "role_result_alone" : `role_${role}`);
  const audio = make("audio", { preload: "none", src: url });
  audio.addEventListener("timeupdate", () => together(role));
  audio.addEventListener("ended", () => leader()?.role === role && end());
  const input = make("input", { type: "checkbox", onchange: () => switchTo(role, input.checked) });
  const volume = make("input", { type: "range", min: 0, max: 1, step: 0.02, value: 1, "aria-label": say("volumeOf", { name }), oninput: () => { audio.volume = Number(volume.value); } });
  const label = say("downloadOf", { name });
  const row = make("li", {},
    make("label", { class: "check" }, input, make("span", { text: name })),
    volume,
    make("a", { class: "round small", href: url, download: true, "aria-label": label, title: label }, icon("download")));
  return { role, audio, input, row, on: false };
}

function switchTo(role, on) {
  const one = tracks.find((track_) => track_.role === role);
  const place = at();
  one.on = on;
  one.input.checked = on;
  drawSides();
  if (!on) one.audio.pause();
  else join(one, place);
  if (!heard().length) pause();
}

function join(one, place) {
  one.audio.preload = "auto";
  one.audio.currentTime = place;
  if (playing) one.audio.play().catch(() => {});
}

function setSide(side) {
  const place = at();
  const wanted = SIDES[side];
  for (const one of tracks) {
    const before = one.on;
    one.on = one.input.checked = wanted.includes(one.role);
    if (!one.on) one.audio.pause();
    else if (!before) join(one, place);
  }
  drawSides();
}

function drawSides() {
  const on = heard().map((one) => one.role).sort().join();
  for (const chip of byId("sides").children) {
    const side = tracks.map((one) => one.role).filter((role) => SIDES[chip.dataset.side].includes(role)).sort().join();
    chip.setAttribute("aria-pressed", String(on === side));
  }
}

/** Who runs away from the first of those that are heard is called back. */
function together(role) {
  if (leader()?.role !== role) return;
  for (const { audio, on } of tracks) {
    if (on && audio !== leader().audio && Math.abs(audio.currentTime - at()) > APART_SECONDS) audio.currentTime = at();
  }
  draw();
}

function play() {
  if (!heard().length) return;
  playing = true;
  for (const { audio } of heard()) audio.play().catch(() => {});
  drawButton();
}

function pause() {
  playing = false;
  for (const { audio } of tracks) audio.pause();
  drawButton();
}

function end() {
  pause();
  seek(0);
}

function seek(to) {
  const place = Math.min(Math.max(to, 0), seconds);
  for (const { audio } of heard()) audio.currentTime = place;
  draw();
}

function drawButton() {
  button.replaceChildren(icon(playing ? "pause" : "play"));
  button.setAttribute("aria-label", say(playing ? "pause" : "play"));
  draw();
}

async function drawPeaks(file) {
  const mine = turn;
  peaks = [];
  draw();
  const response = await fetch(file.url).catch(() => null);
  if (!response?.ok) return;
  const picture = await response.arrayBuffer().then(peaksOf).catch(() => null);
  if (mine !== turn || !picture) return; // a browser without this codec still shows the time
  peaks = picture.peaks;
  draw();
}

function draw() {
  for (const watcher of watchers) watcher();
  const text = `${clock(at())} / ${clock(seconds)}`;
  byId("mixer-time").textContent = text;
  canvas.setAttribute("aria-valuemax", String(Math.round(seconds)));
  canvas.setAttribute("aria-valuenow", String(Math.round(at())));
  canvas.setAttribute("aria-valuetext", text);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  const colours = getComputedStyle(document.documentElement);
  const bars = Math.floor(width / BARS_EVERY);
  for (let bar = 0; bar < bars; bar += 1) {
    const from = Math.floor((bar / bars) * peaks.length);
    const to = Math.max(from + 1, Math.floor(((bar + 1) / bars) * peaks.length));
    const loudest = Math.max(0.02, ...peaks.slice(from, to));
    context.fillStyle = colours.getPropertyValue(bar / bars < at() / seconds ? "--accent" : "--wave");
    context.fillRect(bar * BARS_EVERY, (height * (1 - loudest)) / 2, BARS_EVERY - 1, height * loudest);
  }
}

function onKey(event) {
  const to = { ArrowLeft: at() - STEP_SECONDS, ArrowRight: at() + STEP_SECONDS, Home: 0, End: seconds }[event.key];
  if (event.key === " " || event.key === "Enter") (playing ? pause : play)();
  else if (to === undefined) return;
  else seek(to);
  event.preventDefault();
}

export function startMixer() {
  button.addEventListener("click", () => (playing ? pause : play)());
  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("pointerdown", (event) => {
    const frame = canvas.getBoundingClientRect();
    seek(((event.clientX - frame.left) / frame.width) * seconds);
  });
  byId("sides").addEventListener("click", (event) => event.target.dataset?.side && setSide(event.target.dataset.side));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", () => box.hidden || draw());
}
