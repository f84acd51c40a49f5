// What will be said, word by word. A click on a vowel writes the stress into the text.

import { post } from "./api.js";
import { saveEntry } from "./dictionary.js";
import { byId, make, say, showError } from "./page.js";

const VOWEL = /[аеёиоуыэюя]/i;
const MARKS = /[+\u0301]/g;
const PART_SENTENCES = 20;
const QUIET_MILLISECONDS = 600; // after the last key, before asking again

const panel = byId("said");
const text = byId("text");
const lines = byId("said-lines");
const note = byId("said-note");
const keep = byId("said-keep");
const more = byId("said-more");
const errorBox = byId("said-error");

let parts = []; // read so far: {after, sentences}; `after` tells the server where one begins
let next = null; // where the following one begins
let analysed = null; // the text that they are of
let asked = 0;
let timer = 0;

const read = (after) => post("phonemes/", { text: text.value, sentences: PART_SENTENCES, after });

/** Read the text anew, as far as it was read before. */
export async function refreshSaid() {
  clearTimeout(timer);
  if (panel.hidden) return;
  if (!text.value.trim()) {
    [parts, next, analysed] = [[], null, null];
    asked += 1;
    draw();
    note.textContent = say("saidEmpty");
    showError(errorBox, "");
    return;
  }
  const wanted = Math.max(1, parts.length);
  await reading(async (current) => {
    const fresh = [];
    for (let after = ""; after !== null && fresh.length < wanted;) {
      const answer = await read(after);
      if (!current()) return;
      fresh.push({ after, sentences: answer.sentences });
      after = answer.next;
      next = after;
    }
    parts = fresh;
  });
}

const readOn = () => reading(async (current) => {
  const answer = await read(next);
  if (!current()) return;
  parts.push({ after: next, sentences: answer.sentences });
  next = answer.next;
});

/** One part anew, when only a stress in it has changed; what follows it has moved by `moved` signs. */
const readAgain = (index, moved) => reading(async (current) => {
  const answer = await read(parts[index].after);
  if (!current()) return;
  parts[index].sentences = answer.sentences;
  for (const part of parts.slice(index + 1)) {
    part.after = shifted(part.after, moved);
    for (const word of part.sentences.flatMap((sentence) => sentence.words)) {
      if (word.start !== null) [word.start, word.end] = [word.start + moved, word.end + moved];
    }
  }
  if (next) next = shifted(next, moved);
});

const shifted = (after, moved) => after.replace(/\d+$/, (place) => Number(place) + moved);

/** Ask and draw; the answer to an earlier question is dropped. */
async function reading(ask) {
  const request = ++asked;
  const current = () => request === asked;
  const value = text.value;
  panel.setAttribute("aria-busy", "true");
  if (!parts.length) note.textContent = say("saidWaiting");
  try {
    await ask(current);
    if (!current()) return;
    analysed = value;
    showError(errorBox, "");
    note.textContent = "";
    draw();
  } catch (error) {
    if (!current()) return;
    note.textContent = "";
    showError(errorBox, error.message);
  } finally {
    if (current()) panel.removeAttribute("aria-busy");
  }
}

function draw() {
  const sentences = parts.flatMap((part, index) => part.sentences.map((sentence) => ({ sentence, index })));
  lines.replaceChildren(...sentences.map(({ sentence, index }) => make("p", { class: "said-line", "data-part": index },
    sentence.voice && make("b", { class: "said-voice", text: sentence.voice }),
    ...sentence.words.map(wordElement))));
  const first = lines.querySelector("button");
  if (first) first.tabIndex = 0;
  more.hidden = next === null;
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
  const part = Number(button.closest(".said-line").dataset.part);
  const signs = [...text.value];
  const bare = signs.slice(word.start, word.end).join("").replace(MARKS, "");
  const marked = markVowel(bare, vowel);
  if (!marked) return;
  text.value = [...signs.slice(0, word.start), marked, ...signs.slice(word.end)].join("");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  clearTimeout(timer); // only this part has changed
  await readAgain(part, marked.length - (word.end - word.start));
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
  more.addEventListener("click", async () => {
    const before = lines.querySelectorAll("button").length;
    await readOn();
    lines.querySelectorAll("button")[before]?.focus();
  });
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
