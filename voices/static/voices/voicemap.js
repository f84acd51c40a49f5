// The map of voices in SVG: a point is a button, arrows go to the next point in their direction.

import { make, number, say } from "./page.js";

const SPACE = 44; // above and below the outermost points, pixels
const SIDE = 62; // left and right of them: a label fits beside
const APART = 32; // between the middles of two points: each can be seen and pressed
const ROUNDS = 60; // of pushing apart; the bank's need fewer than ten
const LETTER = 8; // width of a label's letter, pixels
const NS = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const kindOf = (voice) => (voice.is_bank ? voice.gender || "female" : "own");
const percent = (share) => `${number.format(Math.round(share * 100))} %`;
const similarTo = (row) => row.nearest.map((one) => say("likeness", { name: one.name, percent: percent(one.similarity) })).join(", ");

/** Draw the map in `box` and the same as text in `list`; returns {mark(ids)}: the others fade. */
export function drawMap(box, list, rows, { listen, canListen, chosen }) {
  let current = rows[0]?.voice.id;
  let marked = null;
  list.replaceChildren(...rows.map((row) => make("li", {},
    make("b", { text: row.voice.name }), ` — ${say("listFacts", { similar: similarTo(row) || "—" })}`)));

  function draw() {
    const hadFocus = box.contains(document.activeElement);
    const width = Math.max(260, box.clientWidth);
    const height = Math.min(460, Math.round(Math.max(width * 0.95, 340)));
    const places = rows.map((row) => ({
      row,
      x: SIDE + ((row.x + 1) / 2) * (width - 2 * SIDE),
      y: SPACE + ((1 - row.y) / 2) * (height - 2 * SPACE),
    }));
    spread(places, width, height);
    const labels = labelled(places, width, height);
    const points = places.map((place, index) => point(place, labels[index], places));
    box.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height }, ...points));
    if (hadFocus) focus(current);
  }

  function point({ row, x, y }, label, places) {
    const { id, name } = row.voice;
    const kind = kindOf(row.voice);
    const text = svg("text", { x: label.x, y: label.y });
    text.textContent = name;
    const button = svg("g", {
      class: `point ${kind}${marked && kind !== "own" && !marked.has(id) ? " faded" : ""}`, role: "button", "data-id": id,
      tabindex: id === current ? 0 : -1,
      "aria-label": say("pointFacts", { name, kind: say(kind), similar: similarTo(row) || "—" }),
    }, svg("circle", { class: "reach", cx: x, cy: y, r: 20 }), shape(kind, x, y), text);
    button.addEventListener("click", () => press(id, button));
    button.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        press(id, button);
      } else if (ARROWS[event.key]) {
        event.preventDefault();
        const next = towards(places, { x, y }, ARROWS[event.key]);
        if (next) focus(next.row.voice.id);
      }
    });
    return button;
  }

  function press(id, button) {
    focus(id);
    chosen(id);
    if (canListen(id)) listen(id, proxy(button));
  }

  function focus(id) {
    current = id;
    for (const one of box.querySelectorAll(".point")) {
      one.setAttribute("tabindex", one.dataset.id === id ? 0 : -1);
      one.classList.toggle("current", one.dataset.id === id);
      if (one.dataset.id === id) one.focus();
    }
  }

  new ResizeObserver(draw).observe(box);
  return {
    mark(ids) {
      marked = ids;
      for (const one of box.querySelectorAll(".point")) {
        one.classList.toggle("faded", !one.classList.contains("own") && !ids.has(one.dataset.id));
      }
    },
  };
}

/** What the preview does to a button with a picture, done to a point: only its state changes. */
const proxies = new WeakMap();
function proxy(button) {
  if (!proxies.has(button)) {
    proxies.set(button, {
      replaceChildren: () => {},
      setAttribute: (name, value) => name === "aria-busy" && button.classList.toggle("waiting", value === "true"),
    });
  }
  return proxies.get(button);
}

function shape(kind, x, y) {
  const size = 9;
  if (kind === "male") return svg("rect", { x: x - size, y: y - size, width: 2 * size, height: 2 * size, rx: 3 });
  if (kind === "own") return svg("path", { d: `M${x} ${y - 12}L${x + 12} ${y}L${x} ${y + 12}L${x - 12} ${y}Z` });
  return svg("circle", { cx: x, cy: y, r: size + 1 });
}

/** Push points apart that would cover each other; what is near stays near. */
function spread(places, width, height) {
  const inside = (value, size) => Math.min(Math.max(value, SPACE / 2), size - SPACE / 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    places.forEach((one, index) => {
      for (const other of places.slice(index + 1)) {
        const [dx, dy] = [other.x - one.x || 0.1, other.y - one.y];
        const distance = Math.hypot(dx, dy);
        if (distance >= APART - 0.5) continue;
        const share = (APART - distance) / distance / 2;
        for (const [place, sign] of [[one, -1], [other, 1]]) {
          place.x = inside(place.x + sign * dx * share, width);
          place.y = inside(place.y + sign * dy * share, height);
        }
        moved = true;
      }
    });
    if (!moved) return;
  }
}

/** Where each label stands: below its point, or where it covers the fewest others. */
function labelled(places, width, height) {
  const taken = places.map(({ x, y }) => ({ left: x - 12, right: x + 12, top: y - 12, bottom: y + 12 }));
  return places.map(({ row, x, y }) => {
    const wide = (row.voice.name.length * LETTER) / 2;
    const tries = [
      [x, y + 28], [x, y - 17], [x + wide + 16, y + 5], [x - wide - 16, y + 5],
      ...[22, -12, 38, -28].flatMap((down) => [[x + wide + 9, y + down], [x - wide - 9, y + down]]),
    ];
    const boxes = tries.map(([middle, base]) => ({ middle, base, left: middle - wide, right: middle + wide, top: base - 13, bottom: base + 4 }));
    const whole = boxes.filter((one) => one.left >= 0 && one.right <= width && one.top >= 0 && one.bottom <= height);
    const covered = (one) => taken.filter((other) => covers(one, other)).length;
    const best = (whole.length ? whole : boxes).reduce((least, one) => (covered(one) < covered(least) ? one : least));
    taken.push(best);
    return { x: best.middle, y: best.base };
  });
}

const covers = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** The nearest point within 45° of a direction. */
function towards(places, from, [right, down]) {
  const ahead = places.map((place) => {
    const [dx, dy] = [place.x - from.x, place.y - from.y];
    return { place, along: dx * right + dy * down, across: Math.abs(dx * down) + Math.abs(dy * right) };
  }).filter(({ along, across }) => along > 1 && across <= along * 1.01);
  ahead.sort((one, other) => one.along + one.across - other.along - other.across);
  return ahead[0]?.place;
}
