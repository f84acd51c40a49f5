// The pitch of what was converted: seen, drawn and dragged, transposed and smoothed, taken along and brought back.

import {
  drawn, HIGHEST_HZ, indexAt, LOWEST_HZ, OTHER_LENGTH_SECONDS, parsed, phraseAt, silenced, smoothed, transposed, written,
} from "./curvefile.js";
import { useCurve } from "./conversionform.js";
import { listenTime, timeNow } from "./mixer.js";
import { byId, clock, number, say, showError } from "./page.js";

const WINDOWS = [2, 4, 8, 16, 32, 64]; // seconds that are seen at once, and all of them
const TICKS_HZ = [50, 75, 100, 150, 200, 300, 400, 600, 800, 1000];
const MOST_UNDONE = 40;
const ROOM = 2 ** (4 / 12); // above and below what is sung
const LEFT = 34; // for the numbers of the axis
const BOTTOM = 18;

const box = byId("curve");
const canvas = byId("curve-canvas");
const [from, to] = [byId("curve-from"), byId("curve-to")];
const tools = byId("curve-tools");

let job = null;
let curve = null; // { times, hz }
let measured = null; // hz as they were
let past = []; // hz before each change
let seen = WINDOWS[2];
let start = 0;
let drag = null;
let turn = 0;

const tool = () => tools.querySelector('[aria-pressed="true"]').dataset.tool;
const first = () => curve.times[0];
const last = () => curve.times.at(-1);
const isChanged = () => curve.hz.some((value, index) => value !== measured[index]);

/** Seconds that are chosen; all of them when none are. */
function chosen() {
  const [a, b] = [Number(from.value || first()), Number(to.value || last())];
  return a < b ? [a, b] : [b, a];
}

function range() {
  const [a, b] = chosen();
  return [indexAt(curve, a), Math.min(indexAt(curve, b + 1e-6), curve.hz.length)];
}

/** Show the curve of a job that has one. */
export async function showCurve(shown) {
  const mine = ++turn;
  const file = shown.files.find((one) => one.role === "f0");
  box.hidden = !file;
  curve = null;
  if (!file) return;
  const text = await fetch(file.url).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
  const found = parsed(text);
  if (mine !== turn) return;
  box.hidden = !found;
  if (!found) return;
  job = shown;
  curve = found;
  measured = curve.hz.slice();
  past = [];
  from.value = to.value = "";
  showError(byId("curve-error"), "");
  const sung = curve.hz.findIndex((value) => value > 0);
  seen = canvas.clientWidth && canvas.clientWidth < 500 ? WINDOWS[1] : WINDOWS[2];
  look(curve.times[Math.max(sung, 0)] - 0.3);
}

export function hideCurve() {
  turn += 1;
  curve = null;
  box.hidden = true;
}

/** See the curve from a second on. */
function look(seconds) {
  const length = Math.min(seen, last() - first());
  start = Math.min(Math.max(seconds, first()), last() - length);
  const slider = byId("curve-at");
  slider.min = first();
  slider.max = Math.max(first(), last() - length);
  slider.value = start;
  slider.setAttribute("aria-valuetext", clock(start));
  draw();
}

function zoom(step) {
  const sizes = [...WINDOWS.filter((size) => size < last() - first()), last() - first()];
  const now = sizes.findIndex((size) => size >= seen);
  const middle = start + seen / 2;
  seen = sizes[Math.min(Math.max((now < 0 ? sizes.length - 1 : now) + step, 0), sizes.length - 1)];
  look(middle - seen / 2);
}

function bounds() {
  const sung = curve.hz.filter((value) => value > 0);
  if (!sung.length) return [100, 400];
  const low = sung.reduce((least, value) => Math.min(least, value)) / ROOM;
  const high = sung.reduce((most, value) => Math.max(most, value)) * ROOM;
  return [Math.max(LOWEST_HZ, low), Math.min(HIGHEST_HZ, Math.max(high, 2 * low))];
}

let scale = null; // how seconds and Hz lie on the canvas

function measure() {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const [low, high] = drag?.bounds ?? bounds();
  const length = Math.min(seen, last() - first()) || 1;
  const octaves = Math.log2(high / low);
  scale = {
    width,
    height,
    low,
    high,
    x: (seconds) => LEFT + ((seconds - start) / length) * (width - LEFT),
    y: (hz) => (height - BOTTOM) * (1 - Math.log2(hz / low) / octaves),
    seconds: (x) => start + ((x - LEFT) / (width - LEFT)) * length,
    hz: (y) => low * 2 ** ((1 - y / (height - BOTTOM)) * octaves),
  };
}

function draw() {
  if (!curve || !box.open) return;
  measure();
  const context = canvas.getContext("2d");
  canvas.width = scale.width * devicePixelRatio;
  canvas.height = scale.height * devicePixelRatio;
  context.scale(devicePixelRatio, devicePixelRatio);
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue(name);
  context.font = `12px ${colours.fontFamily}`;
  drawChosen(context, colour);
  drawGrid(context, colour);
  line(context, measured, colour("--wave"), 4);
  line(context, curve.hz, colour("--accent"), 2);
  context.fillStyle = colour("--bad");
  const now = timeNow() + (job.params.start_seconds ?? 0);
  if (now >= start && now <= start + seen) context.fillRect(scale.x(now), 0, 1.5, scale.height - BOTTOM);
  const [a, b] = chosen();
  const span = from.value || to.value ? say("curveRange", { from: number.format(a), to: number.format(b) }) : say("curveWhole");
  byId("curve-span").textContent = span;
  byId("curve-state").textContent = isChanged() ? say("curveChanged") : "";
  byId("curve-undo").disabled = !past.length;
  byId("curve-reset").disabled = !isChanged();
  canvas.setAttribute("aria-label", say("curveSeen", { from: clock(start), to: clock(start + seen), low: number.format(Math.round(scale.low)), high: number.format(Math.round(scale.high)) }));
}

function drawChosen(context, colour) {
  if (!from.value && !to.value) return;
  const [a, b] = chosen();
  context.fillStyle = colour("--sunk");
  context.fillRect(scale.x(a), 0, scale.x(b) - scale.x(a), scale.height - BOTTOM);
}

function drawGrid(context, colour) {
  context.fillStyle = colour("--quiet");
  context.strokeStyle = colour("--line");
  context.textAlign = "right";
  for (const hz of TICKS_HZ.filter((tick) => tick >= scale.low && tick <= scale.high)) {
    const y = Math.round(scale.y(hz)) + 0.5;
    context.beginPath();
    context.moveTo(LEFT, y);
    context.lineTo(scale.width, y);
    context.stroke();
    context.fillText(String(hz), LEFT - 5, Math.max(10, y + 4));
  }
  context.textAlign = "left";
  const length = Math.min(seen, last() - first());
  const step = [0.5, 1, 2, 5, 10, 30, 60].find((one) => length / one <= scale.width / 70) ?? 300;
  for (let at = Math.ceil(start / step) * step; at < start + length; at += step) {
    context.fillRect(scale.x(at), scale.height - BOTTOM, 1, 4);
    context.fillText(step < 1 ? number.format(at) : clock(at), scale.x(at) + 3, scale.height - 4);
  }
}

function line(context, hz, style, width) {
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, scale.width - LEFT, scale.height - BOTTOM);
  context.clip();
  context.beginPath();
  const stop = Math.min(indexAt(curve, start + seen) + 1, hz.length);
  let isOn = false;
  for (let index = Math.max(0, indexAt(curve, start) - 1); index < stop; index += 1) {
    if (!hz[index]) isOn = false;
    else {
      const [x, y] = [scale.x(curve.times[index]), scale.y(hz[index])];
      if (isOn) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        context.lineTo(x + 0.5, y); // one that stands alone is seen too
      }
      isOn = true;
    }
  }
  context.strokeStyle = style;
  context.lineWidth = width;
  context.lineJoin = context.lineCap = "round";
  context.stroke();
  context.restore();
}

function remember() {
  past.push(curve.hz.slice());
  if (past.length > MOST_UNDONE) past.shift();
}

function change(edit) {
  if (!curve) return;
  remember();
  edit(...range());
  draw();
}

function pointOf(event) {
  const frame = canvas.getBoundingClientRect();
  const seconds = scale.seconds(event.clientX - frame.left);
  const hz = scale.hz(event.clientY - frame.top);
  return { seconds: Math.min(Math.max(seconds, first()), last()), hz: Math.min(Math.max(hz, LOWEST_HZ), HIGHEST_HZ) };
}

function begin(event) {
  if (!curve || event.button) return;
  const point = pointOf(event);
  const held = tool() === "drag" ? heldAt(point.seconds) : null;
  if (tool() === "drag" && !held) return;
  canvas.setPointerCapture(event.pointerId);
  if (tool() !== "select") remember();
  drag = { last: point, begun: point, held, before: curve.hz.slice(), bounds: [scale.low, scale.high] };
  move(event);
}

/** What is dragged: the chosen part where it is taken hold of, else a phrase. */
function heldAt(seconds) {
  const [a, b] = chosen();
  const isInside = (from.value || to.value) && seconds >= a && seconds <= b;
  return isInside ? range() : phraseAt(curve, seconds);
}

function move(event) {
  if (!drag) return;
  const point = pointOf(event);
  if (tool() === "draw") drawn(curve, drag.last, point);
  else if (tool() === "erase") {
    const [a, b] = [drag.last.seconds, point.seconds].sort((one, other) => one - other);
    silenced(curve.hz, indexAt(curve, a), Math.max(indexAt(curve, b), indexAt(curve, a) + 1));
  } else if (tool() === "drag") {
    curve.hz.set(drag.before);
    transposed(curve.hz, ...drag.held, 12 * Math.log2(point.hz / drag.begun.hz));
  } else {
    const [a, b] = [drag.begun.seconds, point.seconds].sort((one, other) => one - other);
    from.value = a.toFixed(2);
    to.value = b.toFixed(2);
  }
  drag.last = point;
  draw();
}

function end() {
  if (drag && tool() === "select" && Math.abs(drag.last.seconds - drag.begun.seconds) < seen / 100) from.value = to.value = "";
  drag = null;
  draw();
}

function undo() {
  curve.hz.set(past.pop() ?? curve.hz);
  draw();
}

function fileOf() {
  const name = `${job.name.replace(/\.[^.]*$/, "") || "f0"}.csv`;
  return new File([written(curve)], name, { type: "text/csv" });
}

function save() {
  const file = fileOf();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function bring(file) {
  if (!file) return;
  const found = parsed(await file.text());
  const apart = found && Math.abs(found.times.at(-1) - last());
  const problem = !found ? say("curveInvalid", { name: file.name })
    : apart > OTHER_LENGTH_SECONDS ? say("curveOtherLength", { name: file.name, file: number.format(found.times.at(-1)), sound: number.format(last()) }) : "";
  showError(byId("curve-error"), problem);
  if (problem) return;
  curve = found;
  measured = curve.hz.slice();
  past = [];
  from.value = to.value = "";
  look(start);
  byId("curve-state").textContent = say("curveBrought", { name: file.name });
}

export function startCurve() {
  tools.addEventListener("click", (event) => {
    if (!event.target.dataset.tool) return;
    for (const chip of tools.children) chip.setAttribute("aria-pressed", String(chip === event.target));
  });
  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, end);
  box.addEventListener("toggle", () => curve && look(start));
  for (const field of [from, to]) field.addEventListener("input", draw);
  byId("curve-at").addEventListener("input", (event) => look(Number(event.target.value)));
  byId("curve-in").addEventListener("click", () => zoom(-1));
  byId("curve-out").addEventListener("click", () => zoom(1));
  byId("curve-moves").addEventListener("click", (event) => {
    const semitones = Number(event.target.dataset.semitones);
    if (semitones) change((a, b) => transposed(curve.hz, a, b, semitones));
  });
  byId("curve-smooth").addEventListener("click", () => change((a, b) => smoothed(curve, a, b)));
  byId("curve-silence").addEventListener("click", () => change((a, b) => silenced(curve.hz, a, b)));
  byId("curve-undo").addEventListener("click", undo);
  byId("curve-reset").addEventListener("click", () => change((a, b) => curve.hz.set(measured.subarray(a, b), a)));
  byId("curve-save").addEventListener("click", save);
  byId("curve-file").addEventListener("change", (event) => {
    bring(event.target.files[0]);
    event.target.value = "";
  });
  byId("curve-use").addEventListener("click", () => useCurve(job, fileOf()));
  listenTime(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", draw);
}
