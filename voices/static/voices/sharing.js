// A link to the sound in the player, for those who have no account here.

import { post } from "./api.js";
import { byId, language, say } from "./page.js";

const open = byId("share-open");
const box = byId("share");
const note = byId("share-note");
const made = byId("share-made");
const link = byId("share-link");

let job = null;

async function create() {
  try {
    const answer = await post(`jobs/${job}/share/`, { expires_in: Number(byId("share-term").value) });
    link.value = answer.url;
    made.hidden = false;
    const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
    note.textContent = say("shareUntil", { date: date.format(new Date(answer.expires_at)) });
    link.focus();
    link.select();
  } catch (error) {
    note.textContent = error.message;
  }
}

async function copy() {
  link.select();
  try {
    await navigator.clipboard.writeText(link.value);
    note.textContent = say("shareCopied");
  } catch {
    note.textContent = say("shareCopyByHand"); // no permission, or the page is not on https
  }
}

function toggle(shown) {
  box.hidden = !shown;
  open.setAttribute("aria-expanded", String(shown));
}

/** Wire the buttons; `show(id)` says which job is shared, null hides it. */
export function startSharing() {
  if (!open) return { show() {} };
  const hint = note.textContent;
  open.addEventListener("click", () => toggle(box.hidden));
  byId("share-make").addEventListener("click", create);
  byId("share-copy").addEventListener("click", copy);
  return {
    show(id) {
      job = id;
      open.hidden = !id;
      made.hidden = true;
      note.textContent = hint;
      toggle(false);
    },
  };
}
