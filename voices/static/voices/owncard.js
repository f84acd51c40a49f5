// The card of an own voice: preview, recordings with their quality, a phrase to try, settings.

import { get, patch, post, remove } from "./api.js";
import { comparePart } from "./compare.js";
import { fittingBox } from "./fitting.js";
import { byId, iconButton, isBusy, make, number, pageData, plural, say, setBusy, showError, wait } from "./page.js";
import { previewButton } from "./preview.js";
import { quality } from "./quality.js";
import { drawSlider, ends, USUAL } from "./settingwords.js";
import { versionList } from "./versions.js";

const seconds = (value) => number.format(Math.round(value));
const spoken = (voice) => voice.recordings.reduce((sum, one) => sum + (one.speech_seconds ?? 0), 0);

export function voiceCard(voice, actions) {
  const count = voice.recordings.length;
  const recordings = `${count} ${plural("recordingCount", count)}`;
  const silent = voice.spoken_consent === "missing";
  const heading = `voice-${voice.id}`;
  return make("article", { class: "card own", "data-id": voice.id, "aria-labelledby": heading },
    make("div", { class: "own-head" },
      voice.preview_url && previewButton(voice, actions.complain),
      make("div", { class: "own-name" },
        make("h3", { id: heading, tabindex: "-1", text: voice.name }),
        make("p", { class: "quiet", text: say("facts", { recordings, seconds: seconds(spoken(voice)) }) }),
        voice.description && make("p", { class: "quiet", text: voice.description })),
      iconButton("trash", say("deleteNamed", { name: voice.name }), () => actions.askDelete(voice))),
    silent && consentBox(voice, actions),
    fittingBox(voice, actions),
    part("quality", recordingList(voice, actions)),
    silent ? make("details", { hidden: true }) : part("try", trial(voice)),
    versionList(voice, actions),
    silent || voice.versions < 2 ? make("details", { hidden: true }) : comparePart(voice),
    part("settings", settingsForm(voice, actions)),
    !silent && make("a", {
      class: "button ghost", href: `/?voice=${voice.id}`, text: say("use"),
      "aria-label": say("useNamed", { name: voice.name }),
      onclick: () => localStorage.setItem("voice", voice.id),
    }));
}

function part(key, ...content) {
  return make("details", {}, make("summary", { text: say(key) }), ...content);
}

function consentBox(voice, actions) {
  return make("div", { class: "waiting" },
    make("p", { text: say("consentMissing") }),
    make("button", { type: "button", class: "button", text: say("consentRead"), onclick: () => actions.readPhrase(voice) }));
}

function recordingList(voice, actions) {
  const rows = voice.recordings.map((recording, index) => {
    const name = recording.original_name || say("unnamed", { number: index + 1 });
    return make("li", {},
      make("div", { class: "recording-head" },
        make("b", { text: name, title: name }),
        voice.recordings.length > 1 && iconButton("trash", say("removeNamed", { name }), () => take(recording, name))),
      quality(recording));
  });
  async function take(recording, name) {
    if (!confirm(say("removeSure", { name }))) return;
    try {
      actions.redraw(await remove(`voices/${voice.id}/recordings/${recording.id}/`));
    } catch (error) {
      actions.complain(error.message);
    }
  }
  return make("div", { class: "inside" },
    make("ul", { class: "own-recordings" }, ...rows),
    make("button", { type: "button", class: "button ghost", text: say("addRecordings"), onclick: () => actions.add(voice) }));
}

function trial(voice) {
  const input = make("input", { type: "text", maxlength: 300, value: say("tryText"), lang: "ru" });
  const button = make("button", { type: "submit", class: "button", text: say("tryButton") });
  const status = make("p", { class: "quiet", role: "status" });
  const error = make("p", { class: "alert", role: "alert", hidden: true });
  const audio = make("audio", { controls: true, hidden: true, "aria-label": say("try") });
  async function say_it(event) {
    event.preventDefault();
    showError(error, input.value.trim() ? "" : say("needText"));
    if (!input.value.trim()) {
      input.focus();
      return;
    }
    if (isBusy(button)) return;
    setBusy(button, true);
    status.textContent = say("trying");
    try {
      audio.src = await spokenAt(voice, input.value);
      audio.hidden = false;
      await audio.play().catch(() => {}); // the person presses play where the browser forbids it
    } catch (problem) {
      showError(error, problem.message);
    } finally {
      setBusy(button, false);
      status.textContent = "";
    }
  }
  return make("form", { class: "inside", novalidate: true, onsubmit: say_it },
    make("label", { class: "field" }, make("span", { text: say("tryLabel") }), input),
    make("div", { class: "row" }, button, status), audio, error);
}

/** The address of a text said in a voice, once it is there. */
async function spokenAt(voice, text) {
  let job = await post("jobs/", { text, voice: voice.id });
  while (["queued", "running"].includes(job.status)) {
    await wait(400);
    job = await get(`jobs/${job.id}/`);
  }
  if (!job.audio) throw new Error(job.error?.message ?? say("failed"));
  return job.audio.url;
}

function settingsForm(voice, actions) {
  const field = (key, control) => make("label", { class: "field" }, make("span", { text: say(key) }), control);
  const text = (key, length) => field(key, make("input", { type: "text", name: key, maxlength: length, value: voice[key] }));
  const choice = (key, values) => field(key, make("select", { name: key },
    ...values.map((value) => make("option", { value, selected: voice[key] === value, text: say(`${key}_${value}`) }))));
  const languages = ["ru", "en"].includes(voice.language) ? ["ru", "en"] : null;
  const error = make("p", { class: "alert", role: "alert", hidden: true });
  const form = make("form", { class: "inside", novalidate: true },
    text("name", 100), text("description", 1000),
    make("div", { class: "pair" },
      choice("gender", ["", "female", "male"]), languages && choice("language", languages)),
    slider(voice, "speed", 0.05), slider(voice, "pitch", 0.5), slider(voice, "variation", 0.05),
    make("p", { class: "quiet", text: say("settingsHint") }),
    make("div", { class: "row" }, make("button", { type: "submit", class: "button", text: say("save") })), error);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    showError(error, given.get("name").trim() ? "" : say("needName"));
    if (!given.get("name").trim()) return;
    const values = Object.fromEntries(["name", "description", "gender", "language"].filter((key) => given.has(key)).map((key) => [key, given.get(key)]));
    // what stands at the usual is left to be the usual
    values.settings = Object.fromEntries(Object.entries(USUAL).map(([key, value]) => [key, Number(given.get(key)) === value ? null : Number(given.get(key))]));
    try {
      const changed = await patch(`voices/${voice.id}/`, values);
      actions.redraw(changed);
      actions.tell(say("saved", { name: changed.name }));
      byId(`voice-${voice.id}`).closest("article").querySelector("details:last-of-type summary").focus();
    } catch (problem) {
      showError(error, problem.message);
    }
  });
  return form;
}

function slider(voice, key, step) {
  const value = voice.settings[key] ?? USUAL[key];
  const [low, high] = pageData.ranges[key];
  const min = Math.min(low, value); // programs may set more than the page offers
  const max = Math.max(high, value);
  const id = `${key}-${voice.id}`;
  const shown = make("output", { for: id });
  const input = make("input", { type: "range", id, name: key, min, max, step, value });
  const draw = () => drawSlider(key, input, shown);
  input.addEventListener("input", draw);
  draw();
  return make("div", { class: "field" }, make("label", { for: id }, `${say(key)} `, shown), input, ends(key));
}
