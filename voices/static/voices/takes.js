// The recordings of a dataset: what they are, whether they serve and why not, to be heard and deleted.

import { get, post, remove } from "./api.js";
import { byId, clock, iconButton, make, number, say } from "./page.js";
import { Pager } from "./pager.js";

const SHOWN = 8;
const POLL_MILLISECONDS = 1500;
const list = byId("takes");

export function startTakes(refresh) {
  let dataset = null;
  let timer = null;
  let asked = 0;
  const pager = new Pager(SHOWN, () => load());

  async function load() {
    clearTimeout(timer);
    const mine = ++asked;
    const answer = await get(`datasets/${dataset.id}/takes/?page_size=${SHOWN}&page=${pager.page}`).catch((error) => {
      if (pager.hasEmptied(error)) load();
      return null;
    });
    if (!answer || mine !== asked) return;
    pager.draw(answer.count);
    byId("no-takes").hidden = answer.count > 0;
    list.removeAttribute("aria-busy");
    const playing = list.querySelector("audio.playing");
    if (!playing || playing.paused) list.replaceChildren(...answer.results.map(entry));
    if (answer.results.some((take) => take.state === "checking")) timer = setTimeout(() => refresh().catch(() => {}), POLL_MILLISECONDS);
  }

  function entry(take) {
    const name = take.sentence ?? take.original_name;
    const facts = [
      say(`take_${take.state}`),
      take.seconds && clock(take.seconds),
      take.recordings > 1 && say("takeFiles", { count: number.format(take.recordings) }),
      take.checks.with_text > 0 && take.recordings > 1 && say("takeTexts", { count: number.format(take.checks.with_text) }),
      take.checks.refused > 0 && say("takeUnread", { count: number.format(take.checks.refused) }),
      take.transcript_format && say("takeTranscript"),
    ];
    const sound = make("audio", { controls: true, preload: "none", src: take.url, "aria-label": name });
    sound.addEventListener("play", () => sound.classList.add("playing"));
    const isZip = /\.zip$/i.test(take.original_name);
    const anyway = take.state === "refused" && take.sentence && !take.reasons.some(({ code }) => ["other_voice", "no_speech"].includes(code));
    return make("li", { class: `take ${take.state}` },
      make("div", { class: "take-head" },
        make("span", { class: "name", text: name, lang: take.sentence ? "ru" : null }),
        iconButton("trash", say("removeNamed", { name }), () => drop(take, name))),
      make("p", { class: "quiet", text: facts.filter(Boolean).join(" · ") }),
      take.reasons.length > 0 && make("p", { class: "take-reason", text: take.reasons.map((one) => one.message).join("; ") }),
      !isZip && sound,
      anyway && make("button", { type: "button", class: "button ghost", text: say("acceptAnyway"), onclick: () => after(post(`datasets/${dataset.id}/takes/${take.id}/accept/`)) }));
  }

  async function drop(take, name) {
    if (!confirm(say("takeSure", { name }))) return;
    await after(remove(`datasets/${dataset.id}/takes/${take.id}/`));
    (list.querySelector("button") ?? byId("takes-heading")).focus();
  }

  async function after(change) {
    await change.catch((error) => alert(error.message));
    await refresh().catch(() => {});
  }

  function sum() {
    const { accepted, seconds } = dataset.takes;
    byId("takes-sum").textContent = accepted ? `${number.format(accepted)} · ${clock(seconds)}` : "";
  }

  return {
    show(shown) {
      dataset = shown;
      pager.page = 1;
      sum();
      load();
    },
    changed(fresh) {
      dataset = fresh;
      sum();
      load();
    },
  };
}
