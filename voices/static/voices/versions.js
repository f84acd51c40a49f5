// What an own voice has sounded like: a list on its card, to be heard and compared, and the way back.

import { get, post } from "./api.js";
import { comparison } from "./fitting.js";
import { icon, isBusy, language, make, number, plural, say, setBusy } from "./page.js";
import { previewButton } from "./preview.js";

const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** A part of the card, asked for when it is opened. */
export function versionList(voice, actions) {
  const rows = make("ul", { class: "own-recordings" });
  const box = make("details", {}, make("summary", { text: say("versions") }),
    make("div", { class: "inside" }, make("p", { class: "quiet", text: say("versionsHint") }), rows, fitButton(voice, actions)));
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

function fitButton(voice, actions) {
  if (voice.fitting) return null;
  const button = make("button", { type: "button", class: "button ghost", text: say("fit"), onclick: fit });
  async function fit() {
    if (isBusy(button)) return;
    setBusy(button, true);
    try {
      const job = await post(`voices/${voice.id}/fitting/`, {});
      actions.redraw({ ...voice, fitting: job.id });
    } catch (error) {
      setBusy(button, false);
      actions.complain(error.message);
    }
  }
  return button;
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
      voice.preview_url && previewButton({ ...version, id: voice.id, name: say("versionNamed", { number: version.number }) }, actions.complain),
      make("b", { text: say("versionNamed", { number: version.number }) }),
      version.file_url && make("a", {
        class: "round small", href: version.file_url, download: "", title: say("versionSave", { number: version.number }),
        "aria-label": say("versionSave", { number: version.number }),
      }, icon("download")),
      version.active ? make("span", { class: "quiet", text: say("versionActive") }) : button),
    make("p", { class: "quiet", text: [date.format(new Date(version.created_at)), say(`version_${version.kind}`), facts(version)].filter(Boolean).join(" · ") }),
    version.kind === "fitted" && make("p", { class: "quiet", text: comparison(version.figures) }),
    version.kind === "studio" && make("p", { class: "quiet", text: trained(version.figures) }));
}

/** "Checkpoint 3, epoch 9, likeness 0.93". */
function trained({ checkpoint, epoch, similarity }) {
  if (checkpoint === undefined) return say("versionImported");
  return say("versionTrained", { checkpoint, epoch, similarity: number.format(similarity ?? 0) });
}

function facts({ figures: { recordings, speech_seconds: seconds } }) {
  if (!recordings) return "";
  return say("facts", {
    recordings: `${recordings} ${plural("recordingCount", recordings)}`,
    seconds: number.format(Math.round(seconds)),
  });
}
