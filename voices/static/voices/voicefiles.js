// Voices without recordings: brought as a file, or merged of others. Two small forms under the list of one's own.

import { get, post } from "./api.js";
import { byId, isBusy, make, pageData, say, setBusy, showError } from "./page.js";

/** `made` hears of each new voice. */
export function startVoiceFiles({ made }) {
  startImport(made);
  startMerge(made);
}

function startImport(made) {
  const form = byId("import-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = byId("import-send");
    const error = byId("import-error");
    const file = byId("import-file").files[0];
    const consent = byId("import-consent").checked;
    showError(error, !file ? say("importNeedFile") : consent ? "" : say("needConsent"));
    if (!file || !consent || isBusy(button)) return;
    const body = new FormData();
    body.set("file", file, file.name);
    body.set("consent", "true");
    body.set("consent_version", pageData.consentVersion);
    await sent(button, error, async () => {
      const voice = await post("voices/import/", body);
      form.reset();
      await made(voice, say("imported", { name: voice.name }));
    });
  });
}

function startMerge(made) {
  const part = byId("merge-part");
  const form = byId("merge-form");
  const selects = [byId("merge-first"), byId("merge-second")];
  const slider = byId("merge-share");
  const draw = () => {
    const second = Number(slider.value);
    byId("merge-shares").textContent = `${100 - second} : ${second}`;
  };
  slider.addEventListener("input", draw);
  draw();
  part.addEventListener("toggle", async () => {
    if (!part.open) return;
    const before = selects.map((select) => select.value);
    try {
      const { results } = await get("voices/?page_size=200");
      selects.forEach((select, place) => select.replaceChildren(...results.map((voice, index) => make("option", {
        value: voice.id, text: voice.name, selected: before[place] ? voice.id === before[place] : index === place,
      }))));
    } catch (problem) {
      showError(byId("merge-error"), problem.message);
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = byId("merge-send");
    const error = byId("merge-error");
    const name = byId("merge-name").value.trim();
    const consent = byId("merge-consent").checked;
    showError(error, !name ? say("needName") : consent ? "" : say("needConsent"));
    if (!name || !consent || isBusy(button)) return;
    const second = Number(slider.value);
    const shares = [100 - second, second];
    await sent(button, error, async () => {
      const voice = await post("voices/merge/", {
        name,
        voices: selects.map((select, place) => ({ voice: select.value, weight: shares[place] })),
        consent,
        consent_version: pageData.consentVersion,
      });
      form.reset();
      draw();
      await made(voice, say("merged", { name: voice.name }));
    });
  });
}

async function sent(button, error, send) {
  setBusy(button, true);
  try {
    await send();
  } catch (problem) {
    showError(error, problem.message);
  } finally {
    setBusy(button, false);
  }
}
