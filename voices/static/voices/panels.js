// What opens under the text: how it will be said, the dictionary, the marks.

import { loadEntries, startDictionary } from "./dictionary.js";
import { byId, showError } from "./page.js";
import { refreshSaid, startSaid } from "./said.js";

const opened = {
  said: refreshSaid,
  dictionary: () => loadEntries().catch((error) => showError(byId("entry-error"), error.message)),
  marks: () => {},
};

export function startPanels() {
  for (const button of document.querySelectorAll("[data-panel]")) {
    button.addEventListener("click", () => {
      const panel = byId(button.dataset.panel);
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
      if (!panel.hidden) opened[button.dataset.panel]();
    });
  }
  startSaid();
  startDictionary({ changed: refreshSaid });
}
