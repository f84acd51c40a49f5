// The page of one's own voices: the form on one side, the voices on the other.

import { get, remove } from "./api.js";
import { showVerdict } from "./enrolment.js";
import { voiceCard } from "./owncard.js";
import { byId, plural, say, showError } from "./page.js";
import { startForm } from "./voiceform.js";
import { startVoiceFiles } from "./voicefiles.js";

const list = byId("own-voices");
const note = byId("note");
const dialog = byId("delete-dialog");

let form = null;

const complain = (message) => showError(byId("list-error"), message);

function tell(message) {
  note.classList.remove("caution");
  showError(note, message);
  complain("");
}

async function load() {
  const own = [];
  let next = "voices/?own=true&page_size=200";
  while (next) {
    const page = await get(next);
    own.push(...page.results);
    next = page.next?.replace(/^.*\/api\/v1\//, "");
  }
  byId("empty").hidden = own.length > 0;
  list.replaceChildren(...own.map((voice) => voiceCard(voice, actions)));
  list.removeAttribute("aria-busy");
}

/** Draw one voice anew, with the same parts open as before. */
function redraw(voice) {
  const old = list.querySelector(`[data-id="${voice.id}"]`);
  const fresh = voiceCard(voice, actions);
  if (!old) {
    list.prepend(fresh);
    byId("empty").hidden = true;
    return;
  }
  old.querySelectorAll("details").forEach((part, index) => {
    fresh.querySelectorAll("details")[index].open = part.open;
  });
  keepTyped(old, fresh);
  old.replaceWith(fresh);
}

/** What was typed into the card and not saved stays typed. */
function keepTyped(old, fresh) {
  for (const field of old.querySelectorAll("input[name]")) {
    if (field.value === field.defaultValue) continue;
    const same = fresh.querySelector(`input[name="${field.name}"]`);
    same.value = field.value;
    same.dispatchEvent(new Event("input"));
  }
}

const actions = {
  tell,
  complain,
  redraw,
  add: (voice) => form.open("add", voice),
  readPhrase: (voice) => form.open("phrase", voice),
  askDelete(voice) {
    const count = voice.recordings.length;
    byId("delete-warning").textContent = say("deleteWarning", {
      name: voice.name,
      recordings: `${count} ${plural("recordingCount", count)}`,
    });
    dialog.dataset.voice = voice.id;
    dialog.returnValue = "keep";
    dialog.showModal();
  },
};

async function deleteChosen() {
  if (dialog.returnValue !== "delete") return;
  try {
    const gone = await remove(`voices/${dialog.dataset.voice}/`);
    form.close();
    await load();
    tell(say("deleted", {
      name: gone.voice, recordings: gone.recordings, results: gone.results, versions: gone.versions, checkpoints: gone.checkpoints,
    }));
    byId("list-heading").focus();
  } catch (error) {
    complain(error.message);
  }
}

form = startForm({
  async done({ id, message, recordings = [] }) {
    redraw(await get(`voices/${id}/`));
    complain("");
    showVerdict(note, message, recordings);
    note.scrollIntoView({ block: "nearest" });
    list.querySelector(`[data-id="${id}"] h3`).focus();
  },
});
startVoiceFiles({
  async made(voice, message) {
    redraw(await get(`voices/${voice.id}/`));
    tell(message);
    note.scrollIntoView({ block: "nearest" });
  },
});
dialog.addEventListener("close", deleteChosen);
load().catch((error) => complain(error.message));
