// A small picture of how something goes: one line with its axis, drawn anew whenever there is more of it.

import { make } from "./page.js";

const NS = "http://www.w3.org/2000/svg";
const HEIGHT = 150;
const LEFT = 44; // room for the numbers of the axis
const EDGE = 10;
const BOTTOM = 20;
const TICKS = 3;

function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

/** Steps of 1, 2 or 5 that make about so many of a span. */
function step(span, count) {
  const rough = span / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
}

function ticks(low, high) {
  const by = step(high - low, TICKS);
  const found = [];
  for (let at = Math.ceil(low / by) * by; at <= high + by / 1000; at += by) found.push(at);
  return found;
}

function bounds(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = (high - low || Math.abs(high) || 1) * 0.1;
  return [low - room, high + room];
}

/** Means over a few neighbours: what a line of single steps comes to. */
function smoothed(points) {
  const reach = Math.floor(points.length / 16);
  return points.map(({ x }, index) => {
    const near = points.slice(Math.max(0, index - reach), index + reach + 1);
    return { x, y: near.reduce((sum, point) => sum + point.y, 0) / near.length };
  });
}

/** An empty picture under its title; `draw` fills it: points {x, y}, how a y is written, the last x there will be,
 *  whether there are so many points that their mean is what counts, and which of them is marked. */
export function plot(title) {
  const value = make("b", { class: "plot-value" });
  const box = make("div", { class: "plot-box" });
  const figure = make("figure", { class: "plot" }, make("figcaption", {}, make("span", { text: title }), value), box);

  function draw(points, { write, most, many = false, marked = null }) {
    value.textContent = points.length ? write(points.at(-1).y) : "";
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", `${title}: ${points.length ? `${write(points[0].y)} → ${write(points.at(-1).y)}` : "—"}`);
    const width = Math.max(160, box.clientWidth);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, "aria-hidden": "true" });
    const [low, high] = bounds(points.length ? points.map((point) => point.y) : [0, 1]);
    const right = Math.max(most, 1);
    const x = (at) => LEFT + (at / right) * (width - LEFT - EDGE);
    const y = (at) => HEIGHT - BOTTOM - ((at - low) / (high - low)) * (HEIGHT - BOTTOM - EDGE);
    for (const at of ticks(low, high)) {
      picture.append(
        svg("line", { class: "grid", x1: LEFT, x2: width - EDGE, y1: y(at), y2: y(at) }),
        svg("text", { class: "tick", x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, write(at)));
    }
    picture.append(
      svg("text", { class: "tick", x: LEFT, y: HEIGHT - 4 }, "0"),
      svg("text", { class: "tick", x: width - EDGE, y: HEIGHT - 4, "text-anchor": "end" }, String(right)));
    const line = (some) => some.map((point, index) => `${index ? "L" : "M"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join("");
    if (many) picture.append(svg("path", { class: "faint", d: line(points) }));
    picture.append(svg("path", { class: "line", d: line(many ? smoothed(points) : points) }));
    if (!many) {
      for (const point of points) {
        picture.append(svg("circle", { class: point.x === marked ? "dot marked" : "dot", cx: x(point.x), cy: y(point.y), r: point.x === marked ? 5 : 3.5 }));
      }
    }
    box.replaceChildren(picture);
  }
  return { figure, draw };
}
