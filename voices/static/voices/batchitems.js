// What is inside a batch, line by line: heard, downloaded, and told of when it did not fit its time.

import { get } from "./api.js";
import { clock, icon, iconButton, make, number, say } from "./page.js";
import { hidePlayer, showJob } from "./player.js";

const SHOWN_ITEMS = 50;
const EXCERPT = 60;

const opened = new Set(); // batches whose contents are shown

const notesOf = (batch) => batch.track?.notes ?? [];

/** How many subtitles were said faster or cut, for the batch's line of facts. */
export function fittedFacts(batch) {
  const faster = notesOf(batch).filter((note) => note.speed).length;
  const cut = notesOf(batch).filter((note) => note.cut_seconds).length;
  return [faster && say("fasterSome", { count: faster }), cut && say("cutSome", { count: cut })];
}

export function contents(batch) {
  const items = make("ul", { class: "batch-items", tabindex: "0", "aria-label": say("items") });
  const details = make("details", { open: opened.has(batch.id) }, make("summary", { text: say("items") }), items,
    make("a", { href: `/history/?batch=${batch.id}`, text: say("itemsFind") }));
  const notes = new Map(notesOf(batch).map((note) => [note.position, note]));
  const fill = async () => {
    const answer = await get(`jobs/?batch=${batch.id}&page_size=${SHOWN_ITEMS}`).catch(() => null);
    if (!answer) return;
    const left = answer.count - answer.results.length;
    items.replaceChildren(
      ...answer.results.map((job) => item(job, notes.get(job.position))),
      ...(left ? [make("li", { class: "quiet", text: say("itemsMore", { count: left }) })] : []));
  };
  details.addEventListener("toggle", () => {
    if (details.open) opened.add(batch.id);
    else opened.delete(batch.id);
    if (details.open) fill();
  });
  return details;
}

function item(job, note) {
  const state = job.audio ? clock(job.audio.seconds) : say(job.status === "queued" ? "running" : job.status);
  const title = job.kind === "track" ? say("track", { name: job.name }) : job.text || job.name;
  const text = title.length > EXCERPT ? `${title.slice(0, EXCERPT)}…` : title;
  return make("li", {},
    make("div", {},
      make("span", { text: title, lang: "ru" }),
      make("span", { class: job.error ? "bad" : "quiet", text: ` · ${job.error ? job.error.message : state}` }),
      ...fitted(note).map((words) => make("span", { class: "fitted", text: words }))),
    job.audio && make("div", { class: "tools" },
      iconButton("play", say("playText", { text }), () => play(job)),
      make("a", { class: "round small", href: job.audio.url, download: true, "aria-label": say("downloadText", { text }), title: say("download") }, icon("download"))));
}

/** What was done to a subtitle that did not fit in its time. */
function fitted(note) {
  if (!note) return [];
  return [
    note.missing && say("fittedMissing"),
    note.speed && say("fittedFaster", { speed: number.format(note.speed) }),
    note.cut_seconds && say("fittedCut", { seconds: number.format(Math.round(note.cut_seconds * 10) / 10) }),
  ].filter(Boolean);
}

function play(job) {
  hidePlayer();
  showJob(job, { play: true });
}
