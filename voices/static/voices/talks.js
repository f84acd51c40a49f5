// Talks in other voices on the History page: when, in which voice, how long. What was said is not kept.

import { get, remove } from "./api.js";
import { byId, clock, iconButton, language, make, say, showError } from "./page.js";

const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const list = byId("talks-list");
const earlier = byId("talks-earlier");

let next = 1; // page of the list

async function more() {
  const answer = await get(`live/?page=${next}`);
  list.append(...answer.results.map(entry));
  next += 1;
  earlier.hidden = !answer.next;
  byId("talks").hidden = list.children.length === 0;
}

function entry(talk) {
  const started = date.format(new Date(talk.started_at));
  const facts = [
    started,
    talk.ended_at ? clock(talk.seconds) : say("talkGoesOn"),
    talk.expires_at && say("expires", { date: date.format(new Date(talk.expires_at)) }),
  ];
  const item = make("li", { class: "talk", "data-id": talk.id },
    make("div", {},
      make("p", { class: "what", text: talk.voice.name }),
      make("p", { class: "quiet", text: facts.filter(Boolean).join(" · ") })),
    make("div", { class: "tools" },
      talk.ended_at && iconButton("trash", say("removeText", { text: `${talk.voice.name}, ${started}` }), () => drop(item, talk))));
  return item;
}

async function drop(item, talk) {
  if (!confirm(say("removeTalkSure"))) return;
  try {
    await remove(`live/${talk.id}/`);
  } catch (error) {
    showError(byId("talks-error"), error.message);
    return;
  }
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  (beside?.querySelector(".tools button") ?? byId("search")).focus(); // focus stays where it was
  byId("talks").hidden = list.children.length === 0;
}

const show = () => more().catch((error) => showError(byId("talks-error"), error.message));

earlier.addEventListener("click", show);
show();
