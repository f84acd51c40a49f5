// Two versions of an own voice heard without knowing which is which: a part of its card.

import { get, post } from "./api.js";
import { isBusy, make, number, say, setBusy, showError } from "./page.js";
import { playAlone } from "./sound.js";

const SIDES = ["a", "b"];

/** A part of the card, asked for when it is opened. */
export function comparePart(voice) {
  const inside = make("div", { class: "inside" });
  const part = make("details", { class: "compare" }, make("summary", { text: say("compare") }), inside);
  part.addEventListener("toggle", async () => {
    if (!part.open || inside.childElementCount) return;
    const error = make("p", { class: "alert", role: "alert", hidden: true });
    inside.replaceChildren(error);
    try {
      const { results } = await get(`voices/${voice.id}/versions/?page_size=200`);
      inside.replaceChildren(...contents(voice, results));
    } catch (problem) {
      showError(error, problem.message);
    }
  });
  return part;
}

const nameOf = (version) => `${say("versionNamed", { number: version.number })}, ${say(`version_${version.kind}`)}`;

/** Two of the newest of each kind, or of all. */
function usual(versions) {
  const newest = versions.filter((one, index) => versions.findIndex((other) => other.kind === one.kind) === index);
  return (newest.length > 1 ? newest : versions).slice(0, 2).map((one) => one.number);
}

function contents(voice, versions) {
  const known = new Map(versions.map((one) => [one.number, one]));
  const chosen = usual(versions);
  const selects = SIDES.map((_, place) => make("select", { name: `version-${place}`, "aria-label": say("compareVersion", { place: place + 1 }) },
    ...versions.map((one) => make("option", { value: one.number, selected: one.number === chosen[place], text: nameOf(one) }))));
  const text = make("input", { type: "text", maxlength: 300, lang: "ru", placeholder: say("compareAny") });
  const button = make("button", { type: "submit", class: "button", text: say("compareBegin") });
  const status = make("p", { class: "quiet", role: "status" });
  const error = make("p", { class: "alert", role: "alert", hidden: true });
  const ring = make("div", { class: "compare-ring" });
  const tally = make("ul", { class: "compare-tally" });

  async function begin(event) {
    event?.preventDefault();
    if (isBusy(button)) return;
    setBusy(button, true);
    showError(error, "");
    ring.replaceChildren();
    status.textContent = say("comparing");
    try {
      const wish = { versions: selects.map((one) => Number(one.value)) };
      if (text.value.trim()) wish.text = text.value.trim();
      const asked = await post(`voices/${voice.id}/comparisons/`, wish);
      ring.replaceChildren(...round(asked));
      ring.querySelector("button").focus();
    } catch (problem) {
      showError(error, problem.message);
    } finally {
      setBusy(button, false);
      status.textContent = "";
    }
  }

  function round(asked) {
    const heard = new Set();
    const sound = new Audio();
    const answers = make("div", { class: "row", hidden: true },
      ...[...SIDES, "same"].map((choice) => make("button", {
        type: "button", class: "button", "data-choice": choice,
        text: choice === "same" ? say("compareSame") : say("compareBetter", { side: choice.toUpperCase() }),
        onclick: (event) => answer(choice, event.currentTarget),
      })));
    const sides = SIDES.map((side) => make("button", {
      type: "button", class: "button ghost", "data-side": side, text: say("compareListen", { side: side.toUpperCase() }),
      onclick: () => listen(side),
    }));

    function listen(side) {
      playAlone(sound);
      sound.src = asked[side].url;
      sound.play().catch(() => {});
      heard.add(side);
      answers.hidden = heard.size < SIDES.length; // who chooses has heard both
    }

    async function answer(choice, pressed) {
      if (isBusy(pressed)) return;
      for (const one of answers.children) setBusy(one, true);
      sound.pause();
      try {
        const told = await post(`comparisons/${asked.id}/choose/`, { choice });
        ring.replaceChildren(make("p", { class: "note", role: "status", text: outcome(told) }));
        await drawTally();
        button.focus();
      } catch (problem) {
        for (const one of answers.children) setBusy(one, false);
        showError(error, problem.message);
      }
    }

    return [make("p", { class: "compare-text", lang: "ru", text: asked.text }), make("div", { class: "row" }, ...sides), answers];
  }

  const versionName = (numbered) => (known.has(numbered) ? nameOf(known.get(numbered)) : say("versionNamed", { number: numbered }));

  function outcome(told) {
    const names = Object.fromEntries(SIDES.map((side) => [side, versionName(told[side].version)]));
    const result = told.choice === "same" ? say("compareChoseSame") : say("compareChose", { name: names[told.choice] });
    return `${say("compareTold", names)} ${result}`;
  }

  async function drawTally() {
    const rows = await get(`voices/${voice.id}/comparisons/`);
    tally.replaceChildren(...rows.map((row) => make("li", {
      class: "quiet",
      text: say("compareTally", {
        older: versionName(row.versions[0]), newer: versionName(row.versions[1]),
        one: number.format(row.chosen[0]), other: number.format(row.chosen[1]), same: number.format(row.same),
      }),
    })));
  }

  drawTally().catch((problem) => showError(error, problem.message));
  return [
    make("p", { class: "quiet", text: say("compareHint") }),
    make("form", { class: "compare-form", novalidate: true, onsubmit: begin },
      make("div", { class: "pair" }, ...selects),
      make("label", { class: "field" }, make("span", { text: say("compareText") }), text),
      make("div", { class: "row" }, button, status)),
    ring, error, tally,
  ];
}
