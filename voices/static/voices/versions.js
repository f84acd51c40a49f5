// What an own voice has sounded like: a list on its card, and the way back.

import { get, post } from "./api.js";
import { isBusy, language, make, number, plural, say, setBusy } from "./page.js";

const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** A part of the card, asked for when it is opened; hidden while there is nothing to choose from. */
export function versionList(voice, actions) {
  const rows = make("ul", { class: "own-recordings" });
  const box = make("details", { hidden: voice.versions < 2 }, make("summary", { text: say("versions") }),
    make("div", { class: "inside" }, make("p", { class: "quiet", text: say("versionsHint") }), rows));
  box.addEventListener("toggle", async () => {
    if (!box.open || rows.childElementCount) return;
    try {
      const { results } = await get(`voices/${voice.id}/versions/?page_size=200`);
      rows.replaceChildren(...results.map((version) => versionRow(voice, version, actions)));
    } catch (error) {
      actions.complain(error.message);
    }
  });
  return box;
}

function versionRow(voice, version, actions) {
  const button = make("button", {
    type: "button", class: "button ghost", text: say("versionUse"), onclick: use,
    "aria-label": say("versionUseNamed", { number: version.number }),
  });
  async function use() {
    if (isBusy(button)) return;
    setBusy(button, true);
    try {
      actions.redraw(await post(`voices/${voice.id}/versions/${version.number}/activate/`, {}));
      actions.tell(say("versionUsed", { name: voice.name, number: version.number }));
    } catch (error) {
      setBusy(button, false);
      actions.complain(error.message);
    }
  }
  return make("li", {},
    make("div", { class: "recording-head" },
      make("b", { text: say("versionNamed", { number: version.number }) }),
      version.active ? make("span", { class: "quiet", text: say("versionActive") }) : button),
    make("p", { class: "quiet", text: [date.format(new Date(version.created_at)), say(`version_${version.kind}`), facts(version)].filter(Boolean).join(" · ") }));
}

function facts({ figures: { recordings, speech_seconds: seconds } }) {
  if (!recordings) return "";
  return say("facts", {
    recordings: `${recordings} ${plural("recordingCount", recordings)}`,
    seconds: number.format(Math.round(seconds)),
  });
}
