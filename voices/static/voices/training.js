// The page on which a voice is trained: one button, a picture of how it goes, and what each checkpoint sounds like.

import { get, post, remove } from "./api.js";
import { byId, isBusy, language, make, number, pageData, plural, say, setBusy, showError, wait } from "./page.js";
import { plot } from "./plot.js";
import { playAlone } from "./sound.js";

const LIVE = ["queued", "running", "pausing", "finishing"];
const LOOK_MILLISECONDS = 1000;
const RESTING_MILLISECONDS = 5000;
const SPOKEN = 3; // samples of the voice itself; after them comes somebody else's speech in it
const PATIENCE = 60; // silences of the server that are forgiven: it may be starting anew

const form = byId("training-form");
const chosen = byId("training-dataset");
const begin = byId("training-begin");
const foretold = byId("training-foretold");
const current = byId("training-current");
const list = byId("trainings");
const sound = new Audio();

const datasets = new Map();
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const small = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

const plots = {
  loss: plot(say("plotLoss")),
  mel_distance: plot(say("plotMel")),
  similarity: plot(say("plotSimilarity")),
  phoneme_errors: plot(say("plotErrors")),
  conversion_similarity: plot(say("plotConversionSimilarity")),
  conversion_phoneme_errors: plot(say("plotConversionErrors")),
};

let shown = null; // id of the training on the page
let watching = 0; // which look is the last: others end

const complain = (message) => showError(byId("training-error"), message);

/** "about 3 h 20 min", "about 40 s". */
function duration(seconds) {
  if (seconds < 90) return say("secondsShort", { count: number.format(Math.max(1, Math.round(seconds))) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say("minutesShort", { count: number.format(minutes) });
  return say("hoursShort", { hours: number.format(Math.floor(minutes / 60)), minutes: number.format(minutes % 60) });
}

async function all(path) {
  const rows = [];
  for (let next = path; next;) {
    const page = await get(next);
    rows.push(...page.results);
    next = page.next?.replace(/^.*\/api\/v1\//, "");
  }
  return rows;
}

function settings() {
  const values = {};
  for (const field of form.querySelectorAll("[data-setting]")) {
    if (field.value === "") continue;
    values[field.name] = field.dataset.setting === "choice" ? field.value : Number(field.value);
  }
  return values;
}

const wish = () => ({ dataset: chosen.value, name: byId("training-name").value.trim(), settings: settings() });
const voiceOf = () => datasets.get(chosen.value)?.voice.id;

let asked = 0;

async function foretell() {
  const mine = ++asked;
  await wait(300); // until the person has finished typing
  if (mine !== asked || !chosen.value) return;
  try {
    const { seconds, measured_here: here } = await post(`voices/${voiceOf()}/trainings/estimate/`, wish());
    if (mine !== asked) return;
    foretold.textContent = say(here ? "foretold" : "foretoldUsual", { time: duration(seconds) });
    complain("");
  } catch (error) {
    if (mine !== asked) return;
    foretold.textContent = "";
    complain(error.message);
  }
}

async function start(event) {
  event.preventDefault();
  if (isBusy(begin) || !chosen.value) return;
  setBusy(begin, true);
  complain("");
  try {
    const training = await post(`voices/${voiceOf()}/trainings/`, wish());
    await load(training.id);
    byId("training-heading").focus();
  } catch (error) {
    complain(error.message);
  } finally {
    setBusy(begin, false);
  }
}

function rowOf(training) {
  const button = make("button", {
    type: "button", class: "button ghost", text: say("show"), "aria-label": say("showNamed", { name: nameOf(training) }),
    onclick: () => show(training.id),
  });
  return make("li", {},
    make("div", { class: "training-name" }, make("b", { text: nameOf(training) }),
      make("span", { class: "quiet", text: [say(`status_${training.status}`), date.format(new Date(training.created_at))].join(" · ") })),
    button);
}

const nameOf = (training) => training.name || say("unnamed");

async function drawList() {
  const voices = [...new Set([...datasets.values()].map((one) => one.voice.id))];
  const rows = (await Promise.all(voices.map((voice) => all(`voices/${voice}/trainings/?page_size=50`)))).flat();
  rows.sort((one, other) => other.created_at.localeCompare(one.created_at));
  list.replaceChildren(...rows.map(rowOf));
  byId("trainings-box").hidden = rows.length === 0;
  return rows;
}

async function load(open) {
  const rows = await drawList();
  const linked = new URLSearchParams(location.search).get("training");
  const first = open ?? rows.find((one) => one.id === linked)?.id ?? rows.find((one) => LIVE.includes(one.status) || one.status === "paused")?.id;
  if (first) show(first);
}

function show(id) {
  shown = id;
  current.hidden = false;
  watch(id);
}

async function watch(id) {
  const mine = ++watching;
  let silent = 0;
  while (mine === watching) {
    try {
      const training = await get(`trainings/${id}/`);
      if (mine !== watching) return;
      silent = 0;
      draw(training);
      if (!LIVE.includes(training.status) && training.status !== "paused") {
        await drawList();
        return;
      }
      await wait(LIVE.includes(training.status) ? LOOK_MILLISECONDS : RESTING_MILLISECONDS);
    } catch (error) {
      silent += 1;
      if (error.status === 404) return;
      if (silent > PATIENCE) throw error;
      await wait(RESTING_MILLISECONDS);
    }
  }
}

function stateOf(training) {
  if (training.status !== "running") return say(`status_${training.status}`);
  if (training.stage === "measuring" && !training.epoch) return say("stage_before");
  return say(`stage_${training.stage || "preparing"}`, { epoch: number.format(training.epoch), epochs: number.format(training.epochs) });
}

function draw(training) {
  byId("training-heading").textContent = nameOf(training);
  byId("training-state").textContent = stateOf(training);
  const left = LIVE.includes(training.status) ? training.seconds_left : null;
  byId("training-left").textContent = left === null ? "" : say("left", { time: duration(left) });
  byId("training-left").dataset.seconds = left ?? "";
  const bar = byId("training-bar");
  bar.hidden = !LIVE.includes(training.status) || !training.total;
  bar.max = training.total || 1;
  bar.value = training.done;
  byId("training-pause").hidden = !["queued", "running"].includes(training.status);
  byId("training-resume").hidden = !["paused", "pausing"].includes(training.status);
  const unfinished = ["queued", "running", "pausing", "paused"].includes(training.status);
  byId("training-finish").hidden = !unfinished || !training.checkpoints.some((one) => one.number > 0 && one.kept);
  byId("training-cancel").hidden = !LIVE.includes(training.status) && training.status !== "paused";
  byId("training-delete").hidden = !byId("training-cancel").hidden;
  showError(byId("training-problem"), training.error?.message ?? "");
  byId("training-note").hidden = training.status !== "succeeded";
  byId("training-note").textContent = say(training.checkpoints.some((one) => one.best && one.number > 0) ? "betterNow" : "noBetter");
  drawPlots(training);
  drawCheckpoints(training);
}

function drawPlots({ points, checkpoints, total, stage, done }) {
  const most = Math.max(stage === "training" ? total : 0, done, ...points.map((point) => point.step));
  const best = checkpoints.find((one) => one.best)?.step;
  const losses = points.filter((point) => lossOf(point.values) !== undefined).map((point) => ({ x: point.step, y: lossOf(point.values) }));
  plots.loss.draw(losses, { write: (y) => small.format(y), most, many: true });
  for (const name of Object.keys(plots).filter((one) => one !== "loss")) {
    const write = name.endsWith("errors") ? share : small;
    const measured = checkpoints.filter((one) => one.figures[name] !== undefined).map((one) => ({ x: one.step, y: one.figures[name] }));
    plots[name].draw(measured, { write: (y) => write.format(y), most, marked: best });
  }
}

const lossOf = (values) => values.sum ?? values.mel ?? undefined;

function drawCheckpoints(training) {
  const box = byId("checkpoints");
  const picture = JSON.stringify(training.checkpoints);
  if (box.dataset.picture === picture) return; // what is heard or pressed stays in place
  box.dataset.picture = picture;
  box.replaceChildren(...training.checkpoints.map((one) => checkpointRow(training, one)));
  byId("checkpoints-box").hidden = training.checkpoints.length === 0;
}

function checkpointRow(training, one) {
  const name = one.number === 0 ? say("checkpointBefore") : say("checkpointNamed", { number: one.number, epoch: one.epoch });
  const figures = [
    one.figures.similarity !== undefined && say("similarityIs", { value: small.format(one.figures.similarity) }),
    one.figures.phoneme_errors !== undefined && say("errorsAre", { value: share.format(one.figures.phoneme_errors) }),
    one.figures.mel_distance !== undefined && say("melIs", { value: small.format(one.figures.mel_distance) }),
    one.figures.conversion_similarity !== undefined && say("conversionIs", {
      similarity: small.format(one.figures.conversion_similarity), errors: share.format(one.figures.conversion_phoneme_errors),
    }),
  ].filter(Boolean).join(" · ");
  const samples = one.samples.map((url, index) => make("button", {
    type: "button", class: "button ghost", text: say(index < SPOKEN ? "sample" : "converted", { number: index + 1 }),
    "aria-label": say(index < SPOKEN ? "sampleNamed" : "convertedNamed", { number: index + 1, name }), onclick: () => listen(url),
  }));
  const use = one.active
    ? make("span", { class: "quiet", text: say("activeNow") })
    : one.kept && make("button", { type: "button", class: "button", text: say("useThis"), "aria-label": say("useNamed", { name }), onclick: (event) => choose(training, one, event.currentTarget) });
  return make("li", { class: one.best ? "best" : "" },
    make("div", { class: "training-name" },
      make("b", { text: name }), one.best && make("span", { class: "badge", text: say("best") }),
      make("span", { class: "quiet", text: figures })),
    make("div", { class: "row" }, ...samples, use));
}

function listen(url) {
  playAlone(sound);
  sound.src = url;
  sound.play().catch(() => complain(say("sampleFailed")));
}

async function choose(training, one, button) {
  if (isBusy(button)) return;
  setBusy(button, true);
  try {
    const voice = await post(`trainings/${training.id}/checkpoints/${one.number}/activate/`, {});
    showError(byId("training-told"), say("chosen", { name: voice.name }));
    draw(await get(`trainings/${training.id}/`));
  } catch (error) {
    complain(error.message);
  } finally {
    setBusy(button, false);
  }
}

async function tell(what, button) {
  if (isBusy(button)) return;
  setBusy(button, true);
  try {
    draw(await post(`trainings/${shown}/${what}/`, {}));
    watch(shown);
  } catch (error) {
    complain(error.message);
  } finally {
    setBusy(button, false);
  }
}

async function drop() {
  if (!confirm(say("deleteSure"))) return;
  try {
    const gone = await remove(`trainings/${shown}/`);
    current.hidden = true;
    watching += 1;
    await load();
    showError(byId("training-told"), say("deleted", {
      checkpoints: `${gone.checkpoints} ${plural("checkpointCount", gone.checkpoints)}`,
      megabytes: number.format(Math.round(gone.size_bytes / 1e5) / 10),
    }));
  } catch (error) {
    complain(error.message);
  }
}

for (const what of ["pause", "resume"]) {
  byId(`training-${what}`).addEventListener("click", (event) => tell(what, event.currentTarget));
}
byId("training-finish").addEventListener("click", (event) => confirm(say("finishSure")) && tell("finish", event.currentTarget));
byId("training-cancel").addEventListener("click", (event) => confirm(say("cancelSure")) && tell("cancel", event.currentTarget));
byId("training-delete").addEventListener("click", drop);
form.addEventListener("submit", start);
form.addEventListener("input", foretell);
byId("plots").replaceChildren(...Object.values(plots).map((one) => one.figure));

async function open() {
  const rows = await all("datasets/?page_size=200");
  for (const one of rows.filter((row) => row.prepared_at)) datasets.set(one.id, one);
  byId("training-empty").hidden = datasets.size > 0;
  form.hidden = datasets.size === 0;
  const wanted = new URLSearchParams(location.search).get("dataset");
  chosen.replaceChildren(...[...datasets.values()].map((one) => make("option", { value: one.id, text: titleOf(one), selected: one.id === wanted })));
  await Promise.all([load(), foretell()]);
}

const titleOf = (one) => [one.voice.name, one.title, one.figures?.seconds_kept ? duration(one.figures.seconds_kept) : ""].filter(Boolean).join(" — ");

open().catch((error) => complain(error.message)).finally(() => byId("main").setAttribute("data-ready", String(pageData.ready ?? true)));
