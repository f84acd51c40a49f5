// Words along time, with boundaries that can be dragged. It knows no server.

import { say } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";
const SECOND = 140; // pixels
const HEIGHT = 64;
const EDGE = 7; // width of a boundary
const STEP = 0.02; // seconds of an arrow key
export const SHORTEST = 0.02;
const TOGETHER = 0.03; // words that are no further apart share their boundary

function shape(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const toHundredths = (seconds) => Math.round(100 * seconds) / 100;

export class WordStrip {
  words = [];
  chosen = 0;
  #dragging = null;

  constructor(box, { changed, picked }) {
    this.box = box;
    this.tell = { changed, picked };
    this.svg = shape("svg", { height: HEIGHT, role: "group", "aria-label": say("strip") });
    box.append(this.svg);
    this.svg.addEventListener("pointerdown", (event) => this.#down(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, () => { this.#dragging = null; });
    this.svg.addEventListener("keydown", (event) => this.#onKey(event));
  }

  show(words, seconds) {
    this.words = words;
    this.seconds = seconds;
    this.chosen = 0;
    this.draw();
  }

  draw() {
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset.edge : null;
    this.svg.setAttribute("width", Math.ceil(this.seconds * SECOND));
    this.line = shape("line", { class: "roll-now", y1: 0, y2: HEIGHT, visibility: "hidden" });
    this.svg.replaceChildren(...this.words.map((word, index) => this.#word(word, index)), ...this.#edges(), this.line);
    if (focused) this.svg.querySelector(`[data-edge="${focused}"]`)?.focus({ preventScroll: true });
  }

  #word(word, index) {
    const is = index === this.chosen ? " chosen" : "";
    const width = Math.max(2, (word.end - word.start) * SECOND);
    const text = shape("text", { class: `strip-text${is}`, x: 6, y: 36 });
    text.textContent = word.text;
    return shape("svg", { x: word.start * SECOND, width, height: HEIGHT, "data-word": index },
      shape("rect", { class: `strip-word${is}`, y: 8, width, height: HEIGHT - 16, rx: 5 }), text);
  }

  /** Of the chosen word, which are reached by Tab as well. */
  #edges() {
    const word = this.words[this.chosen];
    if (!word) return [];
    return ["start", "end"].map((edge) => shape("rect", {
      class: "strip-edge", "data-edge": edge, x: word[edge] * SECOND - EDGE / 2, width: EDGE, height: HEIGHT, rx: 3,
      tabindex: 0, role: "slider", "aria-label": say(edge === "start" ? "edgeStart" : "edgeEnd", { text: word.text }),
      "aria-valuemin": 0, "aria-valuemax": this.seconds, "aria-valuenow": word[edge], "aria-valuetext": say("seconds", { value: word[edge].toFixed(2) }),
    }));
  }

  pick(index) {
    this.chosen = index;
    this.draw();
    const word = this.words[index];
    if (word) this.see(word.start);
    this.tell.picked();
  }

  see(seconds) {
    const x = seconds * SECOND;
    const { scrollLeft, clientWidth } = this.box;
    if (x < scrollLeft + 20 || x > scrollLeft + 0.85 * clientWidth) this.box.scrollLeft = x - clientWidth / 4;
  }

  now(seconds) {
    this.line.setAttribute("visibility", "visible");
    for (const end of ["x1", "x2"]) this.line.setAttribute(end, seconds * SECOND);
  }

  /** Move a boundary of the chosen word; a neighbour that begins or ends there goes along. */
  set(edge, seconds) {
    const word = this.words[this.chosen];
    const [before, after] = [this.words[this.chosen - 1], this.words[this.chosen + 1]];
    const neighbour = edge === "start" ? before : after;
    const other = edge === "start" ? "end" : "start";
    const glued = neighbour && Math.abs(neighbour[other] - word[edge]) < TOGETHER;
    const room = glued ? (edge === "start" ? before.start + SHORTEST : after.end - SHORTEST) : neighbour?.[other];
    const low = edge === "start" ? room ?? 0 : word.start + SHORTEST;
    const high = edge === "start" ? word.end - SHORTEST : room ?? this.seconds;
    const to = toHundredths(Math.min(Math.max(seconds, low), high));
    word[edge] = to;
    word.certainty = 1; // somebody has heard it
    if (glued) neighbour[other] = to;
    this.draw();
    this.tell.changed();
  }

  #down(event) {
    const { edge } = event.target.dataset;
    if (edge) {
      const frame = this.svg.getBoundingClientRect();
      const at = (event.clientX - frame.left) / SECOND;
      this.#dragging = { edge, off: this.words[this.chosen][edge] - at };
      this.svg.setPointerCapture(event.pointerId);
      event.target.focus({ preventScroll: true });
      event.preventDefault();
      return;
    }
    const index = event.target.closest("[data-word]")?.dataset.word;
    if (index !== undefined) this.pick(Number(index));
  }

  #move(event) {
    if (!this.#dragging) return;
    const frame = this.svg.getBoundingClientRect();
    this.set(this.#dragging.edge, (event.clientX - frame.left) / SECOND + this.#dragging.off);
  }

  #onKey(event) {
    const { edge } = event.target.dataset;
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageDown: -10 * STEP, PageUp: 10 * STEP }[event.key];
    if (!edge || !by) return;
    event.preventDefault();
    this.set(edge, this.words[this.chosen][edge] + by);
  }
}
