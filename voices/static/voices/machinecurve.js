// How like a machine a recording sounds, second by second: a bar for each.

import { clock, make, say } from "./page.js";

const NS = "http://www.w3.org/2000/svg";
const HEIGHT = 100;
const LEAST = 2; // so that a bar of nothing is seen

function svg(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function machineCurve({ curve, machine_from: machine, person_below: person }) {
  const kind = (share) => (share === null ? "quiet" : share >= machine ? "machine" : share < person ? "person" : "unknown");
  const counts = { machine: 0, person: 0, unknown: 0, quiet: 0 };
  const picture = svg("svg", { viewBox: `0 0 ${curve.length} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  curve.forEach((share, second) => {
    counts[kind(share)] += 1;
    if (share === null) return;
    const height = Math.max(LEAST, share * HEIGHT);
    picture.append(svg("rect", { class: kind(share), x: second, y: HEIGHT - height, width: 1, height }));
  });
  for (const limit of [machine, person]) {
    const y = HEIGHT * (1 - limit);
    picture.append(svg("line", { x1: 0, x2: curve.length, y1: y, y2: y }));
  }
  const words = say("curveWords", counts);
  return make("figure", { class: "machine-curve" },
    make("figcaption", { class: "quiet", text: say("curveTitle") }),
    make("div", { role: "img", "aria-label": words }, picture),
    make("p", { class: "ends quiet", "aria-hidden": "true" }, make("span", { text: clock(0) }), make("span", { text: clock(curve.length) })),
    make("p", { text: words }));
}
