// One's own dictionary: words and how they are said.

import { get, post, remove } from "./api.js";
import { byId, iconButton, make, say, showError } from "./page.js";

const SHOWN = 100;

const word = byId("entry-word");
const said = byId("entry-said");
const list = byId("entries");
const errorBox = byId("entry-error");

let onChanged = () => {};

export async function loadEntries() {
  const page = await get(`dictionary/?page_size=${SHOWN}`);
  byId("entries-empty").hidden = page.results.length > 0;
  list.replaceChildren(...page.results.map((entry) => make("li", {},
    make("span", { class: "entry-word", text: entry.word }),
    make("span", { class: "entry-said", text: entry.said }),
    iconButton("trash", say("removeWord", { word: entry.word }), async () => {
      await remove(`dictionary/${entry.id}/`);
      await loadEntries();
      onChanged();
    }))));
}

export async function saveEntry(written, reading) {
  await post("dictionary/", { word: written, said: reading });
  await loadEntries();
}

async function add() {
  const empty = [word, said].find((field) => !field.value.trim());
  showError(errorBox, empty ? say("needBoth") : "");
  if (empty) {
    empty.focus();
    return;
  }
  try {
    await saveEntry(word.value, said.value);
    word.value = "";
    said.value = "";
    word.focus();
    onChanged();
  } catch (error) {
    showError(errorBox, error.message);
  }
}

export function startDictionary({ changed }) {
  onChanged = changed;
  byId("entry-save").addEventListener("click", add);
  for (const field of [word, said]) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the form around it speaks
      add();
    });
  }
}
