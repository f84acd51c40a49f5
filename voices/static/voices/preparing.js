// Preparing a dataset: how, a button, how far it is, and what came of it.

import { get, patch, post } from "./api.js";
import { follow, isActive } from "./following.js";
import { byId, clock, isBusy, number, say, setBusy, showError, timeLeft } from "./page.js";

const button = byId("prepare");
const cancel = byId("prepare-cancel");
const form = byId("how");
const note = byId("prepare-note");
const STAGES = ["fetching", "listening", "cutting", "editing", "storing"];

export function startPreparing(refresh) {
  let dataset = null;
  let followed = null; // id of the job that is watched

  const complain = (message) => showError(byId("prepare-error"), message);

  function draw() {
    for (const field of form.elements) {
      if (!field.name) continue;
      if (field.type === "checkbox") field.checked = dataset.settings[field.name];
      else field.value = dataset.settings[field.name];
    }
    tell();
  }

  function tell() {
    const figures = dataset.figures;
    const words = [];
    if (figures) {
      const kept = clock(figures.seconds_kept);
      words.push(say("prepared", { kept, given: clock(figures.seconds_given), clips: number.format(figures.clips) }));
      if (figures.refused) words.push(say("refusedFiles", { count: number.format(figures.refused) }));
      if (figures.edits_lost) words.push(say("editsLost", { count: number.format(figures.edits_lost) }));
      if (dataset.state === "collecting") words.push(dataset.edits_pending ? say("pending", { count: number.format(dataset.edits_pending) }) : say("stale"));
    }
    note.classList.toggle("caution", dataset.state === "collecting");
    showError(note, words.join(" "));
  }

  function progress(job) {
    if (job.id !== followed) return;
    const { stage, done, total } = job.progress;
    const known = job.status === "running" && STAGES.includes(stage);
    byId("prepare-stage").textContent = [say(`stage_${known ? stage : ""}`), known && timeLeft(job)].filter(Boolean).join(", ");
    const bar = byId("prepare-bar");
    bar.max = total || 1;
    if (known && total > 1) bar.value = done;
    else bar.removeAttribute("value");
  }

  async function watch(job) {
    if (followed === job.id) return;
    followed = job.id;
    byId("preparing").hidden = cancel.hidden = false;
    setBusy(button, true);
    try {
      const ended = await follow(job, { progress, lost() {} });
      if (followed !== job.id) return;
      if (ended.status === "failed") complain(ended.error.message);
    } catch (error) {
      if (followed === job.id) complain(error.message);
    }
    if (followed !== job.id) return;
    rest();
    await refresh().catch(() => {});
  }

  function rest() {
    followed = null;
    byId("preparing").hidden = cancel.hidden = true;
    setBusy(button, false);
  }

  async function begin() {
    if (isBusy(button)) return;
    complain("");
    setBusy(button, true);
    try {
      watch(await post(`datasets/${dataset.id}/prepare/`));
    } catch (error) {
      setBusy(button, false);
      complain(error.message);
    }
  }

  async function save(event) {
    event.preventDefault();
    const settings = {};
    for (const field of form.elements) {
      if (!field.name) continue;
      settings[field.name] = field.type === "checkbox" ? field.checked : field.type === "number" ? Number(field.value) : field.value;
    }
    try {
      complain("");
      await patch(`datasets/${dataset.id}/`, { settings });
      await refresh();
    } catch (error) {
      complain(error.message);
    }
  }

  async function resume() {
    if (dataset.state !== "preparing" || !dataset.job) return;
    const job = await get(`jobs/${dataset.job}/`).catch(() => null);
    if (job && isActive(job)) watch(job);
  }

  button.addEventListener("click", begin);
  byId("apply").addEventListener("click", () => {
    begin();
    byId("prepare-heading").scrollIntoView({ block: "center" });
  });
  cancel.addEventListener("click", () => followed && post(`jobs/${followed}/cancel/`, {}).catch((error) => complain(error.message)));
  form.addEventListener("submit", save);

  return {
    show(shown) {
      dataset = shown;
      rest();
      complain("");
      draw();
      resume();
    },
    changed(fresh) {
      dataset = fresh;
      draw();
    },
  };
}
