// What will be said, word by word. A click on a vowel writes the stress into the text.

import { post } from "./api.js";
import { saveEntry } from "./dictionary.js";
import { byId, make, say, showError } from "./page.js";

const VOWEL = /[аеёиоуыэюя]/i;
const MARKS = /[+\u0301]/g;
const QUIET_MILLISECONDS = 600; // after the last key, before asking again

const panel = byId("said");
const text = byId("text");
const lines = byId("said-lines");
const note = byId("said-note");
const keep = byId("said-keep");
const errorBox = byId("said-error");

let analysed = null; // the text that the panel shows
let asked = 0;
let timer = 0;

export async function refreshSaid() {
  clearTimeout(timer);
  if (panel.hidden) return;
  const request = ++asked;
  const value = text.value;
  if (!value.trim()) {
    analysed = null;
    lines.replaceChildren();
    note.textContent = say("saidEmpty");
    showError(errorBox, "");
    return;
  }
  panel.setAttribute("aria-busy", "true");
  if (!analysed) note.textContent = say("saidWaiting");
  try {
    const answer = await post("phonemes/", { text: value });
    if (request !== asked) return;
    analysed = value;
    showError(errorBox, "");
    note.textContent = "";
    draw(answer.sentences);
  } catch (error) {
    if (request !== asked) return;
    note.textContent = "";
    showError(errorBox, error.message);
  } finally {
    if (request === asked) panel.removeAttribute("aria-busy");
  }
}

function draw(sentences) {
  lines.replaceChildren(...sentences.map((sentence) => make("p", { class: "said-line" },
    sentence.voice && make("b", { class: "said-voice", text: sentence.voice }),
    ...sentence.words.map(wordElement))));
  const first = lines.querySelector("button");
  if (first) first.tabIndex = 0;
}

function wordElement(word) {
  const letters = word.stressed.includes("+") || !VOWEL.test(word.text) ? [...word.stressed] : lone(word);
  const written = make("span", { class: "said-letters" });
  let stressed = false;
  let vowels = 0;
  for (const letter of letters) {
    if (letter === "+") stressed = true;
    else if (VOWEL.test(letter)) {
      written.append(vowelElement(word, letter, vowels, stressed || letter === "ё"));
      vowels += 1;
      stressed = false;
    } else written.append(letter);
  }
  const title = word.start === null ? say("saidNotTyped") : "";
  return make("span", { class: word.start === null ? "said-word fixed" : "said-word", title },
    written, make("span", { class: "said-ipa", lang: "und-fonipa", text: word.ipa }));
}

/** A word of one syllable carries its stress unmarked, unless it leans on its neighbour. */
function lone(word) {
  return [...(word.ipa.includes("ˈ") ? word.stressed.replace(VOWEL, "+$&") : word.stressed)];
}

function vowelElement(word, letter, index, stressed) {
  if (word.start === null) return make("span", { class: stressed ? "stressed" : "", text: letter });
  return make("button", {
    type: "button",
    class: "vowel",
    tabindex: "-1",
    "aria-pressed": String(stressed),
    "aria-label": say("stressVowel", { letter, number: index + 1, word: word.text }),
    text: letter,
    onclick: (event) => moveStress(word, index, event.currentTarget),
  });
}

async function moveStress(word, vowel, button) {
  if (text.value !== analysed) { // typed meanwhile: places are no longer true
    await refreshSaid();
    return;
  }
  const place = [...lines.querySelectorAll("button")].indexOf(button);
  const signs = [...text.value];
  const bare = signs.slice(word.start, word.end).join("").replace(MARKS, "");
  const marked = markVowel(bare, vowel);
  if (!marked) return;
  text.value = [...signs.slice(0, word.start), marked, ...signs.slice(word.end)].join("");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  await refreshSaid();
  lines.querySelectorAll("button")[place]?.focus();
  offer(bare, marked);
}

function markVowel(word, vowel) {
  let seen = -1;
  for (let index = 0; index < word.length; index += 1) {
    if (VOWEL.test(word[index]) && ++seen === vowel) return `${word.slice(0, index)}+${word.slice(index)}`;
  }
  return "";
}

function offer(word, marked) {
  note.textContent = say("stressWritten", { word: marked });
  keep.textContent = say("keepWord", { word: marked.toLowerCase() });
  keep.hidden = false;
  keep.onclick = async () => {
    try {
      await saveEntry(word, marked.toLowerCase());
      note.textContent = say("wordKept", { word: marked.toLowerCase() });
      keep.hidden = true;
    } catch (error) {
      showError(errorBox, error.message);
    }
  };
}

/** Arrows walk over the vowels; one of them is in the tab order. */
function walk(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const buttons = [...lines.querySelectorAll("button")];
  const from = buttons.indexOf(document.activeElement);
  if (!step || from < 0) return;
  event.preventDefault();
  const to = buttons[(from + step + buttons.length) % buttons.length];
  buttons[from].tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

export function startSaid() {
  lines.addEventListener("keydown", walk);
  lines.addEventListener("focusin", (event) => {
    for (const button of lines.querySelectorAll('button[tabindex="0"]')) button.tabIndex = -1;
    if (event.target.tagName === "BUTTON") event.target.tabIndex = 0;
  });
  text.addEventListener("input", () => {
    keep.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(refreshSaid, QUIET_MILLISECONDS);
  });
}
