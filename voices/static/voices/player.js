// The player: a waveform, play and pause, place in time, download. One on a page.

import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";
import { liveSound, startAt } from "./live.js";
import { byId, clock, icon, say } from "./page.js";
import { peaksOf } from "./peaks.js";
import { startSharing } from "./sharing.js";

const STEP_SECONDS = 5;

const box = byId("player");
const audio = byId("audio");
const button = byId("player-play");
const slider = byId("wave");
const download = byId("download");

let wave = null;
let drawable = false; // peaks that wavesurfer finds while it starts make it load a file
let live = null; // the sound that is still being made, or has been heard that way
let peaks = [];
let known = 0; // seconds that the peaks cover
let whole = null; // { url, seconds } when the finished file is there
let turn = 0; // of what is shown: answers for an earlier one are dropped
let share = null;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function colours() {
  return { waveColor: colour("--wave"), progressColor: colour("--accent"), cursorColor: colour("--accent-strong") };
}

function start() {
  wave = WaveSurfer.create({
    container: slider,
    media: audio,
    height: 56,
    barWidth: 3,
    barGap: 2,
    barRadius: 3,
    hideScrollbar: true,
    interact: false, // a click is ours: a sound in the making ends before its last second is known
    cspNonce: document.querySelector('meta[name="style-nonce"]').nonce,
    ...colours(),
  });
  wave.once("init", () => queueMicrotask(() => {
    drawable = true;
    drawWave();
  }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => wave.setOptions(colours()));
  share = startSharing();
  button.addEventListener("click", toggle);
  slider.addEventListener("pointerdown", (event) => {
    const frame = slider.getBoundingClientRect();
    seek(((event.clientX - frame.left) / frame.width) * length());
  });
  slider.addEventListener("keydown", onKey);
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, drawButton);
  for (const name of ["timeupdate", "durationchange", "seeked"]) audio.addEventListener(name, drawTime);
  audio.addEventListener("pause", settle);
  audio.addEventListener("ended", settle);
}

const length = () => (whole ? whole.seconds : known) || 0;

function toggle() {
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

function onKey(event) {
  const to = {
    ArrowLeft: audio.currentTime - STEP_SECONDS,
    ArrowRight: audio.currentTime + STEP_SECONDS,
    Home: 0,
    End: length(),
  }[event.key];
  if (event.key === " " || event.key === "Enter") toggle();
  else if (to === undefined) return;
  else seek(to);
  event.preventDefault();
}

function seek(seconds) {
  const to = Math.min(Math.max(seconds, 0), length());
  if (live && whole) useWhole(to);
  else audio.currentTime = to;
  drawTime();
}

function drawButton() {
  button.replaceChildren(icon(audio.paused ? "play" : "pause"));
  button.setAttribute("aria-label", say(audio.paused ? "play" : "pause"));
}

function drawTime() {
  const at = Math.min(audio.currentTime, length() || Infinity);
  const text = `${clock(at)} / ${clock(length())}${whole ? "" : "…"}`;
  byId("player-time").textContent = text;
  slider.setAttribute("aria-valuemax", String(Math.round(length())));
  slider.setAttribute("aria-valuenow", String(Math.round(at)));
  slider.setAttribute("aria-valuetext", text);
}

/** Asked to load what the element plays already, wavesurfer leaves that alone and draws the peaks. */
function drawWave() {
  slider.classList.toggle("drawn", peaks.length > 0);
  const settled = audio.currentSrc && audio.currentSrc === audio.src;
  if (drawable && settled && peaks.length) wave.load(audio.currentSrc, [peaks], length());
}

/** From the pieces to the finished file, when that is not heard as a jump. */
function settle() {
  if (!live || !whole || (audio.ended && !live.done)) return; // a file has ended, the next one follows
  useWhole(live.done ? 0 : (audio.currentTime / (known || 1)) * whole.seconds);
}

function useWhole(seconds) {
  const playing = !audio.paused && !audio.ended;
  live.drop();
  live = null;
  audio.src = whole.url;
  startAt(audio, seconds);
  if (playing) audio.play().catch(() => {});
  audio.addEventListener("loadedmetadata", drawWave, { once: true });
  drawTime();
}

function clear(title) {
  if (!wave) start();
  turn += 1;
  live?.drop();
  live = whole = null;
  peaks = [];
  known = 0;
  byId("player-title").textContent = title;
  download.hidden = true;
  share.show(null);
  box.hidden = false;
  drawWave();
  drawButton();
}

/** Make ready for a sound that is being made; call it where the person pressed a button.
 *  Returns where its pieces go. */
export function playLive(title) {
  hidePlayer();
  clear(title);
  const mine = turn;
  const sound = liveSound(audio);
  live = sound;
  audio.play().catch(() => {}); // begins with the first piece; a browser may want a click first
  return {
    get wanted() {
      return live === sound;
    },
    async push(bytes) {
      if (live !== sound) return;
      sound.push(bytes.slice(0));
      const piece = await peaksOf(bytes);
      if (mine !== turn) return;
      peaks.push(...piece.peaks);
      known += piece.seconds;
      drawWave();
      drawTime();
    },
    end() {
      if (live === sound) sound.end();
    },
  };
}

/** Show a finished job: what is heard live goes on to its end. */
export function showJob(job, { play = false } = {}) {
  const title = job.voice.name || job.name;
  const source = { url: job.audio.url, seconds: job.audio.seconds };
  if (live) whole = source;
  else showSound({ title, play, ...source });
  download.href = source.url;
  download.hidden = false;
  share.show(job.id);
  if (live && (audio.paused || audio.ended)) settle();
  drawTime();
}

/** Show a sound that lies at an address. */
export async function showSound({ title, url, seconds, play = false }) {
  clear(title);
  const mine = turn;
  whole = { url, seconds };
  audio.src = url;
  download.href = url;
  download.hidden = false;
  drawTime();
  if (play) audio.play().catch(() => {});
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) return; // the element says it itself when it is to play
  const bytes = await response.arrayBuffer();
  const picture = await peaksOf(bytes).catch(() => null); // a browser without this codec still shows the time
  if (mine !== turn || !picture) return;
  peaks = picture.peaks;
  drawWave();
}

export function hidePlayer() {
  turn += 1;
  live?.drop();
  live = whole = null;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  box.hidden = true;
}
