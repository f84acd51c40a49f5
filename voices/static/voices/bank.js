// The voice bank: cards in groups, search, and the map.

import { get } from "./api.js";
import { byId, make, say, showError } from "./page.js";
import { previewButton, togglePreview } from "./preview.js";
import { drawMap } from "./voicemap.js";

const GROUPS = ["female", "male", "other"];
const complain = (message) => showError(byId("error"), message);
const folded = (text) => text.toLowerCase().replaceAll("ё", "е");

let voices = [];
let map = null;

function passes(voice) {
  const gender = byId("genders").querySelector('[aria-pressed="true"]').dataset.gender;
  const native = byId("native").value;
  if ((gender && voice.gender !== gender) || (native && voice.language !== native)) return false;
  const text = folded([voice.name, voice.slug, voice.description, voice.attribution].join(" "));
  return folded(byId("search").value).split(/\s+/).every((word) => text.includes(word));
}

function draw() {
  const shown = voices.filter(passes);
  byId("found").textContent = shown.length ? say("found", { count: shown.length }) : say("noneFound");
  const groups = GROUPS.map((name) => [name, shown.filter((voice) => (voice.gender || "other") === name)]);
  byId("cards").replaceChildren(...groups.filter(([, rows]) => rows.length).map(([name, rows]) =>
    make("section", { "aria-labelledby": `group-${name}` },
      make("h2", { id: `group-${name}`, text: say(`group_${name}`) }),
      make("ul", { class: "bank-cards" }, ...rows.map(card)))));
  byId("cards").removeAttribute("aria-busy");
  map?.mark(new Set(shown.map((voice) => voice.id)));
}

function card(voice) {
  return make("li", { class: "card bank-card", "data-id": voice.id },
    make("div", { class: "bank-head" },
      previewButton(voice, complain),
      make("h3", { text: voice.name })),
    make("p", { text: voice.description }),
    say(`language_${voice.language}`) && make("p", { class: "quiet", text: say(`language_${voice.language}`) }),
    make("p", { class: "quiet source" },
      voice.attribution && make("span", { text: say("source", { attribution: voice.attribution }) }),
      voice.licence && make("span", { text: say("licence", { licence: voice.licence }) })),
    make("a", {
      class: "button ghost", href: `/?voice=${voice.slug}`, text: say("use"),
      "aria-label": say("useNamed", { name: voice.name }),
      onclick: () => localStorage.setItem("voice", voice.id),
    }));
}

async function all(path) {
  const found = [];
  while (path) {
    const page = await get(path);
    found.push(...page.results);
    path = page.next?.replace(/^.*\/api\/v1\//, "");
  }
  return found;
}

async function start() {
  const [bank, own, placed] = await Promise.all([
    all("voices/?own=false&page_size=200"), all("voices/?own=true&page_size=200"), get("voices/map/"),
  ]);
  voices = bank;
  const byNumber = new Map([...bank, ...own].map((voice) => [voice.id, voice]));
  map = drawMap(byId("map"), byId("map-list"), placed.voices, {
    listen: (id, button) => togglePreview(byNumber.get(id), button, complain),
    canListen: (id) => Boolean(byNumber.get(id)?.preview_url),
    chosen: (id) => {
      for (const item of document.querySelectorAll(".bank-card")) item.classList.toggle("chosen", item.dataset.id === id);
    },
  });
  draw();
}

byId("search").addEventListener("input", draw);
byId("native").addEventListener("change", draw);
byId("genders").addEventListener("click", (event) => {
  const chip = event.target.closest("[data-gender]");
  if (!chip) return;
  for (const other of byId("genders").children) other.setAttribute("aria-pressed", String(other === chip));
  draw();
});
start().catch((error) => complain(error.message));
