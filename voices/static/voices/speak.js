// Start of the page.

import { startNewVoice } from "./newvoice.js";
import { byId, say, showError } from "./page.js";
import { startPanels } from "./panels.js";
import { loadRecent } from "./recent.js";
import { setVoiceSettings } from "./settings.js";
import { fillFrom, startSpeaking } from "./speech.js";
import { chooseVoice, loadVoices, startVoices } from "./voices.js";

const asked = new URLSearchParams(location.search);

const complain = (error) => showError(byId("speak-error"), error.message);
const refreshRecent = () => loadRecent().catch(complain);

/** ?voice= chooses a voice, ?from= fills the form with an earlier job. */
async function begin() {
  await loadVoices();
  if (asked.has("voice")) chooseVoice(asked.get("voice"));
  if (!asked.has("from")) return;
  await fillFrom(asked.get("from")).catch((error) => {
    throw error.status === 404 ? new Error(say("notFound")) : error;
  });
}

startVoices({ chosen: setVoiceSettings, deleted: refreshRecent });
startNewVoice();
startSpeaking({ finished: refreshRecent });
startPanels();
begin().catch(complain);
refreshRecent();
