// Many recordings at once: how far each batch is, what of it has failed and why, and one zip of all that was made.

import { get, post, remove } from "./api.js";
import { byId, language, make, say, showError } from "./page.js";

const SHOWN = 5;
const SHOWN_FAILURES = 100;
const list = byId("song-batches");
const section = byId("song-batches-section");

const isRunning = (batch) => batch.status === "running";
const nameOf = (batch) => batch.name || say("unnamedBatch");

/** Draw them; whether any of them still runs. */
export async function loadBatches(after) {
  const { results } = await get(`batches/?source=songs&page_size=${SHOWN}`);
  const rows = await Promise.all(results.map((batch) => entry(batch, after)));
  const focused = document.activeElement?.closest("#song-batches li")?.dataset.id;
  list.replaceChildren(...rows);
  section.hidden = !rows.length;
  if (focused) list.querySelector(`[data-id="${focused}"] :is(button, a)`)?.focus();
  return results.some(isRunning);
}

async function entry(batch, after) {
  const { total, succeeded, failed } = batch.progress;
  const done = total - batch.progress.queued - batch.progress.running;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const facts = [say("batchProgress", { done: succeeded, total }), failed && say("batchFailed", { count: failed }), date.format(new Date(batch.created_at))];
  const named = (key) => say(key, { name: nameOf(batch) });
  return make("li", { "data-id": batch.id },
    make("p", { class: "song-name", text: nameOf(batch) }),
    isRunning(batch) && make("progress", { max: total, value: done, "aria-label": say("batchProgress", { done, total }) }),
    make("p", { class: "quiet", text: facts.filter(Boolean).join(" · ") }),
    make("ul", { class: "failures", "aria-label": say("batchFailures") }, ...await failuresOf(batch)),
    make("div", { class: "row" },
      batch.archive_url && make("a", { class: "button", href: batch.archive_url, download: true, text: say("archive") }),
      isRunning(batch)
        ? make("button", { type: "button", class: "button ghost", text: say("cancel"), "aria-label": named("cancelNamed"), onclick: () => change(post(`batches/${batch.id}/cancel/`), after) })
        : make("button", { type: "button", class: "button ghost", text: say("remove"), "aria-label": named("removeNamed"), onclick: () => drop(batch, after) })));
}

/** Those that could not be made, and those that were no recordings. */
async function failuresOf(batch) {
  const { results } = batch.progress.failed
    ? await get(`jobs/?batch=${batch.id}&status=failed&page_size=${SHOWN_FAILURES}`)
    : { results: [] };
  const told = [
    ...results.map((job) => ({ position: job.position, name: job.name, message: job.error.message })),
    ...batch.skipped.map(({ position, text, code }) => ({ position, name: text, message: say(`skipped_${code}`) })),
  ];
  return told.sort((one, other) => one.position - other.position)
    .map(({ name, message }) => make("li", { text: say("failedFile", { name, message }) }));
}

async function change(call, after) {
  await call.catch((error) => showError(byId("error"), error.message));
  await after();
}

async function drop(batch, after) {
  if (!confirm(say("removeBatch", { name: nameOf(batch) }))) return;
  await change(remove(`batches/${batch.id}/`), after);
  (list.querySelector("button") ?? byId("files")).focus();
}
