// Notes with syllables as a piano roll: drawn, moved, stretched, named. It knows no server.

import { say } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
const SECOND = 80; // pixels
const ROW = 16; // of a semitone
const HANDLE = 10; // at the end of a note, that stretches it
const MARGIN_ROWS = 4; // above and below
const LEAST_ROWS = 20;
const EMPTY = [57, 72]; // what is shown where there are no notes
const SPARE_SECONDS = 4; // after the last note
const GRID = 0.05; // seconds that notes are moved by
export const SHORTEST = 0.1;
const BLACK = new Set([1, 3, 6, 8, 10]);
const NEW_SECONDS = 0.5;

export const rounded = (seconds) => Math.round(seconds / GRID) * GRID;

/** 60 → "до 4", in the words of the page. */
export function noteName(midi) {
  const key = Math.round(midi);
  return `${say("noteNames").split(" ")[((key % 12) + 12) % 12]} ${Math.floor(key / 12) - 1}`;
}

function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export class PianoRoll {
  notes = [];
  chosen = -1;
  #high = EMPTY[1];
  #low = EMPTY[0];
  #moving = null;

  /** `changed` hears of every change of a note, `picked` of another one being chosen; `next` gives a new one's syllable. */
  constructor(box, { changed, picked, next }) {
    this.box = box;
    this.tell = { changed, picked, next };
    this.svg = shape("svg", { class: "roll-notes", role: "group", "aria-label": say("roll") });
    box.append(this.svg);
    this.svg.addEventListener("pointerdown", (event) => this.#grab(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, () => this.#release());
    this.svg.addEventListener("dblclick", (event) => this.#addAt(event));
    this.svg.addEventListener("keydown", (event) => this.#onKey(event));
    this.svg.addEventListener("focusin", (event) => {
      const index = event.target.closest(".roll-note")?.dataset.index;
      if (index !== undefined) this.pick(Number(index), false);
    });
  }

  show(notes) {
    this.notes = notes;
    this.chosen = notes.length ? 0 : -1;
    this.draw();
    const first = notes[0];
    if (first) this.box.scrollTo({ left: this.#x(first.start) - 40, top: this.#y(first.midi) - this.box.clientHeight / 2 });
    this.tell.picked();
  }

  get note() {
    return this.notes[this.chosen];
  }

  get seconds() {
    return Math.max(0, ...this.notes.map((note) => note.start + note.seconds));
  }

  #x = (seconds) => seconds * SECOND;
  #y = (midi) => (this.#high - midi) * ROW;

  /** Anew, with all rows that the notes need. */
  draw() {
    const keys = this.notes.map((note) => note.midi);
    this.#high = Math.ceil(keys.length ? Math.max(...keys) + MARGIN_ROWS : EMPTY[1]);
    this.#low = Math.floor(keys.length ? Math.min(...keys) - MARGIN_ROWS : EMPTY[0]);
    while (this.#high - this.#low < LEAST_ROWS) {
      this.#high += 1;
      this.#low -= 1;
    }
    const width = this.#x(this.seconds + SPARE_SECONDS);
    const height = (this.#high - this.#low + 1) * ROW;
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.line = shape("line", { class: "roll-now", x1: 0, x2: 0, y1: 0, y2: height, visibility: "hidden" });
    this.svg.replaceChildren(...this.#grid(width, height), ...this.notes.map((_, index) => this.#drawn(index)), this.line);
  }

  #grid(width, height) {
    const made = [];
    for (let key = this.#low; key <= this.#high; key += 1) {
      const tone = ((key % 12) + 12) % 12;
      if (BLACK.has(tone)) made.push(shape("rect", { class: "roll-black", x: 0, y: this.#y(key), width, height: ROW }));
      if (tone === 0) {
        const label = shape("text", { class: "roll-label", x: 4, y: this.#y(key) + ROW - 4 });
        label.textContent = noteName(key);
        made.push(label);
      }
    }
    for (let second = 0; this.#x(second) < width; second += 1) {
      made.push(shape("line", { class: "roll-second", x1: this.#x(second), x2: this.#x(second), y1: 0, y2: height }));
    }
    return made;
  }

  #drawn(index) {
    const note = this.notes[index];
    const width = Math.max(4, this.#x(note.seconds) - 1);
    const text = shape("text", { class: "roll-syllable", x: 5, y: ROW - 4 });
    text.textContent = note.syllable || "–";
    const place = `translate(${this.#x(note.start)} ${this.#y(note.midi)})`;
    const is = index === this.chosen;
    return shape("g", {
      class: `roll-note${note.syllable ? "" : " held"}${is ? " chosen" : ""}`,
      transform: place,
      "data-index": index,
      tabindex: is ? 0 : -1,
      role: "button",
      "aria-pressed": is,
      "aria-label": this.#spoken(note),
    }, shape("rect", { class: "roll-body", width, height: ROW - 1, rx: 4 }),
    text,
    shape("rect", { class: "roll-handle", x: Math.max(0, width - HANDLE), width: Math.min(width, HANDLE), height: ROW - 1, rx: 4 }));
  }

  #spoken(note) {
    const values = { syllable: note.syllable || say("heldNote"), note: noteName(note.midi), start: note.start.toFixed(2), seconds: note.seconds.toFixed(2) };
    return say("noteSpoken", values);
  }

  #element = (index) => this.svg.querySelector(`[data-index="${index}"]`);

  pick(index, focus = true) {
    if (index !== this.chosen) {
      const before = this.#element(this.chosen);
      this.chosen = index;
      for (const [element, is] of [[before, false], [this.#element(index), true]]) {
        element?.classList.toggle("chosen", is);
        element?.setAttribute("aria-pressed", is);
        element?.setAttribute("tabindex", is ? 0 : -1);
      }
      this.tell.picked();
    }
    if (focus) this.#element(index)?.focus({ preventScroll: true });
  }

  /** Change the chosen note; it stays between its neighbours. */
  change(values, { redraw = true } = {}) {
    if (!this.note) return;
    Object.assign(this.note, values);
    this.#fit(this.chosen);
    if (redraw) this.#redraw();
    else this.#element(this.chosen)?.replaceWith(this.#drawn(this.chosen));
    this.tell.changed();
  }

  #fit(index) {
    const [before, note, after] = [this.notes[index - 1], this.notes[index], this.notes[index + 1]];
    note.midi = Math.min(108, Math.max(24, Math.round(note.midi)));
    const low = before ? before.start + before.seconds : 0;
    const high = after ? after.start : Infinity;
    note.start = Math.min(Math.max(note.start, low), Math.max(low, high - SHORTEST));
    note.seconds = Math.max(Math.min(SHORTEST, high - note.start), Math.min(note.seconds, high - note.start));
  }

  #redraw() {
    const focused = this.svg.contains(document.activeElement);
    this.draw();
    if (focused) this.#element(this.chosen)?.focus({ preventScroll: true });
  }

  /** A new note, put where it belongs; it is chosen. */
  add(note) {
    const whole = { syllable: "", begins_word: true, loudness: 0.7, ...note };
    let index = this.notes.findIndex((one) => one.start > whole.start);
    if (index < 0) index = this.notes.length;
    this.notes.splice(index, 0, whole);
    this.chosen = index;
    this.#fit(index);
    this.#redraw();
    this.tell.changed();
    this.tell.picked();
  }

  remove() {
    if (!this.note) return;
    this.notes.splice(this.chosen, 1);
    this.chosen = Math.min(this.chosen, this.notes.length - 1);
    this.#redraw();
    this.#element(this.chosen)?.focus({ preventScroll: true });
    this.tell.changed();
    this.tell.picked();
  }

  /** Where the playing is; null: nowhere. */
  now(seconds) {
    this.line.setAttribute("visibility", seconds === null ? "hidden" : "visible");
    if (seconds === null) return;
    const x = this.#x(seconds);
    for (const end of ["x1", "x2"]) this.line.setAttribute(end, x);
    const { scrollLeft, clientWidth } = this.box;
    if (x < scrollLeft || x > scrollLeft + 0.9 * clientWidth) this.box.scrollLeft = x - 40;
  }

  #at(event) {
    const frame = this.svg.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  #grab(event) {
    const element = event.target.closest(".roll-note");
    if (!element || event.button > 0) return;
    const index = Number(element.dataset.index);
    this.pick(index);
    this.svg.setPointerCapture(event.pointerId);
    this.#moving = { stretch: event.target.classList.contains("roll-handle"), from: this.#at(event), was: { ...this.note } };
    event.preventDefault();
  }

  #move(event) {
    if (!this.#moving) return;
    const { stretch, from, was } = this.#moving;
    const { x, y } = this.#at(event);
    const seconds = (x - from.x) / SECOND;
    if (stretch) this.change({ seconds: Math.max(SHORTEST, rounded(was.seconds + seconds)) }, { redraw: false });
    else this.change({ start: rounded(was.start + seconds), midi: was.midi - Math.round((y - from.y) / ROW) }, { redraw: false });
    this.tell.picked();
  }

  #release() {
    if (!this.#moving) return;
    this.#moving = null;
    this.#redraw();
    this.#element(this.chosen)?.focus({ preventScroll: true });
  }

  #addAt(event) {
    if (event.target.closest(".roll-note")) return;
    const { x, y } = this.#at(event);
    const start = rounded(x / SECOND);
    const after = this.notes.find((note) => note.start + note.seconds > start);
    if (after && after.start <= start) return;
    const room = after ? after.start - start : NEW_SECONDS;
    if (room < SHORTEST) return;
    this.add({ start, seconds: Math.min(NEW_SECONDS, room), midi: this.#high - Math.floor(y / ROW), ...this.tell.next() });
  }

  #onKey(event) {
    if (!this.note || !event.target.closest(".roll-note")) return;
    const { midi, start, seconds } = this.note;
    const step = event.shiftKey ? { ArrowLeft: { seconds: Math.max(SHORTEST, rounded(seconds - GRID)) }, ArrowRight: { seconds: rounded(seconds + GRID) } }
      : { ArrowLeft: { start: rounded(start - GRID) }, ArrowRight: { start: rounded(start + GRID) } };
    const change = { ArrowUp: { midi: midi + (event.shiftKey ? 12 : 1) }, ArrowDown: { midi: midi - (event.shiftKey ? 12 : 1) }, ...step }[event.key];
    if (change) {
      this.change(change);
      this.tell.picked();
    } else if (event.key === "PageDown") this.pick(Math.min(this.chosen + 1, this.notes.length - 1));
    else if (event.key === "PageUp") this.pick(Math.max(this.chosen - 1, 0));
    else if (event.key === "Delete") this.remove();
    else return;
    event.preventDefault();
  }
}
